package io.millrace.raft.jraft;

import io.millrace.raft.wal.WalUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after checkpoints, the journal's fill and lost replicas, for all shards of an engine. */
final class EngineWatch {

    private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);

    private static final int BEATS_A_SECOND = 10;

    private static final String GIVEN_UP =
            "it failed, and its log kept all shards of the broker from writing";

    private static final long TELL_FULL_NANOS = 10_000_000_000L;

    private final RaftEngineOptions options;
    private final Journal journal;
    private final Map<Integer, JraftShard> shards;
    private final CheckpointSchedule schedule;
    private final GiveUpRule giveUp;
    private final DiskWatch disk;
    private final PeerLinks links;
    private final LongSupplier nanoTime;
    private final HeartbeatPace pace;
    private int beats;
    private long progress;

    /** Whether any shard was told to refuse writes; it should hear soon that it may take them. */
    private boolean refusing;

    private long toldFullNanos;

    /**
     * @param shards those that run; changed by others
     */
    EngineWatch(
            RaftEngineOptions options,
            Journal journal,
            Map<Integer, JraftShard> shards,
            DiskWatch disk,
            PeerLinks links,
            HeartbeatPace pace,
            LongSupplier nanoTime) {
        this.options = options;
        this.journal = journal;
        this.shards = shards;
        this.schedule =
                new CheckpointSchedule(
                        options.checkpointBytes(), options.checkpointInterval().toNanos());
        this.giveUp = new GiveUpRule(options.electionTimeout().toNanos());
        this.disk = disk;
        this.links = links;
        this.pace = pace;
        this.nanoTime = nanoTime;
        this.toldFullNanos = nanoTime.getAsLong() - TELL_FULL_NANOS;
    }

    /**
     * Looks at what must not wait; at everything once a second, and at once while anything is
     * written or refused. To be called ten times a second, by one thread.
     */
    void beat() {
        try {
            succeed();
            boolean second = ++beats % BEATS_A_SECOND == 0;
            for (JraftShard shard : shards.values()) {
                shard.members().nudge();
                if (disk.isStalled()) {
                    shard.handOver();
                }
            }
            boolean written = isWritten();
            if (written) {
                pace.written();
            }
            if (written || refusing || second) {
                look(second);
            }
        } catch (RuntimeException | Error e) {
            // What is thrown from here would end the schedule without a word.
            LOG.error("Checkpoints could not be scheduled", e);
        }
    }

    /** Whether any log has got longer since the last call, or a state machine further. */
    private boolean isWritten() {
        long sum = shards.values().stream().mapToLong(JraftShard::progress).sum();
        boolean written = sum != progress;
        progress = sum;
        return written;
    }

    /**
     * Looks at the journal and at all that depends on it.
     *
     * @param second whether this is the one time in a second for what can wait
     */
    void look(boolean second) {
        WalUsage usage = journal.usage();
        // What is in flight when the shards begin to refuse, and what comes until then.
        long reserveBytes = options.memoryBytes() + usage.capBytes() / 20;
        boolean full = CheckpointSchedule.isFull(usage, reserveBytes);
        if (full) {
            tellFull(usage, nanoTime.getAsLong());
        }
        String spaceProblem = journal.spaceProblem();
        refusing = full;
        List<CheckpointSchedule.Load> loads = new ArrayList<>();
        List<GiveUpRule.Replica> replicas = new ArrayList<>();
        for (JraftShard shard : shards.values()) {
            String refusal =
                    CheckpointSchedule.refusal(shard.id(), usage, spaceProblem, reserveBytes);
            refusing |= !refusal.isEmpty();
            shard.refuse(refusal);
            shard.settle(full);
            if (second) {
                shard.meetVoters();
            }
            shard.watchReplicators(nanoTime.getAsLong());
            loads.add(shard.load(second));
            replicas.add(shard.worth());
        }
        CheckpointSchedule.Plan plan = schedule.plan(loads, usage, nanoTime.getAsLong());
        if (second) {
            moveOn(plan.moveOn(), nanoTime.getAsLong());
        }
        // A failure is told by the one who writes the checkpoint.
        plan.due().forEach(shard -> ifRunning(shard, JraftShard::checkpointUnlessTaking));
        giveUp.next(replicas, usage, reserveBytes)
                .ifPresent(shard -> journal.giveUp(shard, GIVEN_UP));
        journal.lostShards().forEach(this::stopLost);
    }

    /** What is refused as a follower is told of nowhere else. */
    private void tellFull(WalUsage usage, long now) {
        if (now - toldFullNanos >= TELL_FULL_NANOS) {
            toldFullNanos = now;
            LOG.warn(
                    "The write-ahead log has room only for what is under way, {} of {} bytes are"
                            + " used: until checkpoints have freed some, no publishes are taken here"
                            + " and nothing from leaders on other brokers",
                    usage.usedBytes(),
                    usage.capBytes());
        }
    }

    /**
     * Has the shards elect other leaders whose own are gone, one in a millisecond: many at once
     * would only wait for each other. To be called whenever a broker is gone, by the thread of
     * {@link #beat}.
     */
    void succeed() {
        try {
            int turn = 0;
            for (JraftShard shard : shards.values()) {
                if (shard.succeed(turn)) {
                    turn++;
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("No leaders could be elected", e);
        }
    }

    /**
     * Once a second, so that however many wait, a shard gets an entry a second and a peer a call.
     */
    private void moveOn(List<Integer> waiting, long now) {
        Map<Integer, List<Integer>> asked = new TreeMap<>();
        Set<Integer> wait = Set.copyOf(waiting);
        for (JraftShard shard : shards.values()) {
            shard.idle()
                    .second(wait.contains(shard.id()), now)
                    .ifPresent(
                            leader ->
                                    asked.computeIfAbsent(leader, node -> new ArrayList<>())
                                            .add(shard.id()));
        }
        asked.forEach(links::askToMoveOn);
    }

    /** A log that was given up while the shard ran; the shard may not have noticed. */
    private void stopLost(int shard, String reason) {
        ifRunning(shard, running -> running.halt("its log is lost: " + reason));
    }

    /** Shards may be stopped at any time. */
    private void ifRunning(int shard, Consumer<JraftShard> action) {
        JraftShard running = shards.get(shard);
        if (running != null) {
            action.accept(running);
        }
    }
}
