package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.NamedThreadFactory;
import io.millrace.raft.Member;
import io.millrace.raft.RaftListener;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.StateMachine;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalFailedException;
import io.millrace.raft.wal.WalOptions;
import io.millrace.raft.wal.WalUsage;
import io.millrace.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of one broker, over its one write-ahead log. Several engines may live in one process.
 * Thread-safe.
 */
public final class RaftEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RaftEngine.class);
    private static final String SHARDS = "shards";
    private static final String WAL = "wal";
    private static final long TICK_MILLIS = 100;

    private final RaftEngineOptions options;
    private final Journal journal;
    private final int maxEntryBytes;
    private final RaftListener listener;
    private final LongSupplier nanoTime;
    private final ProposalBudget budget;
    private final CheckpointSchedule schedule;
    private final Map<Integer, JraftShard> shards = new ConcurrentSkipListMap<>();
    private final ExecutorService checkpointThread;

    /** Not the one that writes checkpoints: the journal goes on filling while that one is busy. */
    private final ScheduledThreadPoolExecutor watchThread;

    private boolean closed;

    RaftEngine(
            RaftEngineOptions options,
            Journal journal,
            int maxEntryBytes,
            RaftListener listener,
            LongSupplier nanoTime) {
        this.options = options;
        this.journal = journal;
        this.maxEntryBytes = maxEntryBytes;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.budget = new ProposalBudget(options.proposalBytes());
        this.schedule =
                new CheckpointSchedule(
                        options.checkpointBytes(), options.checkpointInterval().toNanos());
        this.checkpointThread =
                Executors.newSingleThreadExecutor(
                        new NamedThreadFactory("millrace-checkpoint-", true));
        this.watchThread =
                new ScheduledThreadPoolExecutor(
                        1, new NamedThreadFactory("millrace-journal-watch-", true));
        watchThread.scheduleWithFixedDelay(
                this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Opens the write-ahead log, and so reads it once. No shard runs yet. Blocks on the disk.
     *
     * @param nanoTime a monotonic clock
     * @param random see {@link WriteAheadLog#open}
     * @throws IOException if the disk failed, or holds a later version's log
     */
    public static RaftEngine open(
            RaftEngineOptions options,
            WalOptions walOptions,
            RaftListener listener,
            LongSupplier nanoTime,
            RandomGenerator random)
            throws IOException {
        Path directory = options.directory().resolve(WAL);
        ForcedFile.createDirectories(directory);
        WriteAheadLog log = WriteAheadLog.open(directory, walOptions, listener, nanoTime, random);
        long memoryBytes = Math.min(options.memoryBytes(), walOptions.capBytes() / 4);
        return new RaftEngine(
                options.withMemory(memoryBytes),
                Journal.of(log),
                walOptions.maxEntryBytes(),
                listener,
                nanoTime);
    }

    /**
     * Starts a replica. Blocks on the disk until it takes part; a shard with one voter leads soon
     * after. Restoring a checkpoint happens in this call, applying the log behind it may go on
     * after it.
     *
     * @throws ReplicaLostException if what is on the disk cannot be this replica
     * @throws IOException if the disk failed or the state machine could not restore its checkpoint
     * @throws WalFailedException if an entry of the log cannot be read
     * @throws IllegalStateException if the shard runs already, or the engine is closed
     */
    public synchronized Shard start(ShardSpec spec, StateMachine machine) throws IOException {
        if (closed || shards.containsKey(spec.shardId())) {
            throw new IllegalStateException(
                    closed
                            ? "the engine is closed"
                            : "shard " + spec.shardId() + " is running already");
        }
        // Asked for first: a shard whose only records have rotted is unknown until then.
        ShardLog log = journal.shard(spec.shardId());
        String lost = journal.lostShards().get(spec.shardId());
        if (lost != null) {
            throw new ReplicaLostException(spec.shardId(), "its log is lost: " + lost);
        }
        Path directory =
                options.directory().resolve(SHARDS).resolve(Integer.toString(spec.shardId()));
        ReplicaDirectory replica =
                ReplicaDirectory.open(directory, options.clusterId(), spec, log, listener);
        JraftShard shard = start(spec, machine, log, replica);
        shards.put(spec.shardId(), shard);
        return shard;
    }

    private JraftShard start(
            ShardSpec spec, StateMachine machine, ShardLog log, ReplicaDirectory replica)
            throws IOException {
        String group = ReplicaAddress.group(options.clusterId(), spec.shardId());
        PeerId self = ReplicaAddress.peer(new Member(options.nodeId(), spec.replicaId()));
        GroupExecutor.register(group);
        NodeManager.getInstance().addAddress(self.getEndpoint());

        boolean empty = replica.start() == null && log.lastIndex() == 0;
        long startIndex = replica.start() == null ? 0 : replica.start().mark().index();
        ReplicaStorages storages =
                new ReplicaStorages(
                        ShardLogStorage.open(log, replica, startIndex),
                        replica.vote(),
                        new CheckpointSnapshots(replica.start()));
        Checkpointer checkpointer =
                new Checkpointer(
                        spec.shardId(),
                        storages.log(),
                        replica.checkpoints()::write,
                        checkpointThread,
                        listener,
                        nanoTime);
        JraftShard shard =
                new JraftShard(
                        spec.shardId(),
                        new NodeImpl(group, self),
                        storages,
                        replica.checkpoints(),
                        checkpointer,
                        machine,
                        budget,
                        maxEntryBytes,
                        options.readTimeout().toMillis());
        Configuration initial = empty ? replica.members() : new Configuration();
        shard.open(ReplicaOptions.of(options, storages, initial));
        LOG.info(
                "Shard {}: replica {} starts, checkpoint {}, log {} to {}",
                spec.shardId(),
                spec.replicaId(),
                startIndex,
                log.firstIndex(),
                log.lastIndex());
        return shard;
    }

    /** How full the write-ahead log is. A snapshot of the moment. */
    public WalUsage walUsage() {
        return journal.usage();
    }

    /** The running shards by number. A snapshot of the moment. */
    public List<Shard> shards() {
        return List.copyOf(shards.values());
    }

    /** Looks after checkpoints and the journal's fill. Runs on a thread of its own. */
    void tick() {
        try {
            WalUsage usage = journal.usage();
            // What is in flight when the shards begin to refuse, and what comes until then.
            long reserveBytes = options.memoryBytes() + usage.capBytes() / 20;
            String spaceProblem = journal.spaceProblem();
            List<CheckpointSchedule.Load> loads = new ArrayList<>();
            for (JraftShard shard : shards.values()) {
                shard.refuse(
                        CheckpointSchedule.refusal(shard.id(), usage, spaceProblem, reserveBytes));
                loads.add(shard.load());
            }
            CheckpointSchedule.Plan plan = schedule.plan(loads, usage, nanoTime.getAsLong());
            plan.moveOn().forEach(shard -> shards.get(shard).moveOn());
            // A failure is told by the one who writes the checkpoint.
            plan.due().forEach(shard -> shards.get(shard).checkpointUnlessTaking());
            journal.lostShards().forEach(this::stopLost);
        } catch (RuntimeException | Error e) {
            // What is thrown from here would end the schedule without a word.
            LOG.error("Checkpoints could not be scheduled", e);
        }
    }

    /** A log that was given up while the shard ran; the shard may not have noticed. */
    private void stopLost(int shard, String reason) {
        JraftShard running = shards.get(shard);
        if (running != null) {
            running.halt("its log is lost: " + reason);
        }
    }

    /**
     * Stops all shards and closes the write-ahead log. Every proposal is answered. Takes no
     * checkpoint: ask the shards before, for a faster start. Blocks, at most about the close
     * timeout.
     *
     * @throws IOException if the log's files could not be closed
     * @throws IllegalStateException if something did not stop in time; the log is closed all the
     *     same
     */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        watchThread.shutdownNow();
        long deadline = nanoTime.getAsLong() + options.closeTimeout().toNanos();
        shards.values().forEach(JraftShard::stopProposing);
        List<String> stuck = new ArrayList<>();
        try {
            for (JraftShard shard : shards.values()) {
                if (!shard.close(left(deadline))) {
                    stuck.add("shard " + shard.id());
                }
            }
            checkpointThread.shutdownNow();
            if (!checkpointThread.awaitTermination(left(deadline), TimeUnit.NANOSECONDS)) {
                stuck.add("a checkpoint");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stuck.add("interrupted");
        } finally {
            checkpointThread.shutdownNow();
            journal.close();
        }
        if (!stuck.isEmpty()) {
            throw new IllegalStateException("did not stop in time: " + String.join(", ", stuck));
        }
    }

    private long left(long deadline) {
        return Math.max(0, deadline - nanoTime.getAsLong());
    }
}
