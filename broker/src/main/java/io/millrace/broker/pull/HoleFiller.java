package io.millrace.broker.pull;

import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.PartitionLog.DiskFullException;
import io.millrace.broker.pull.PullPlan.Step;
import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.PartitionView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills the holes of one shard replica, a chunk at each step. Confined to one thread at a time. */
final class HoleFiller {

    /** There is nothing to do. */
    static final long NOTHING_MISSING = -1;

    private static final Logger LOG = LoggerFactory.getLogger(HoleFiller.class);

    private static final Duration PULL_DEADLINE = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DISK_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final DataShardView shard;
    private final PullSource source;
    private final Supplier<List<Integer>> nodes;
    private final PullThrottle throttle;
    private final BooleanSupplier stopped;
    private final LongSupplier nanoTime;
    private final PullPlan plan = new PullPlan();

    private volatile PullProgress progress = PullProgress.NONE;

    /**
     * @param nodes the brokers with another replica of the shard that are believed to live
     * @param stopped whether the logs must not be touched any more; asked under this object's lock
     */
    HoleFiller(
            DataShardView shard,
            PullSource source,
            Supplier<List<Integer>> nodes,
            PullThrottle throttle,
            BooleanSupplier stopped,
            LongSupplier nanoTime) {
        this.shard = shard;
        this.source = source;
        this.nodes = nodes;
        this.throttle = throttle;
        this.stopped = stopped;
        this.nanoTime = nanoTime;
    }

    /** How far it is. Called by any thread. */
    PullProgress progress() {
        return progress.missing(shard.missingRecords());
    }

    /** A run begins: what was counted before does not belong to it. */
    void begin() {
        progress = PullProgress.NONE;
    }

    /**
     * Pulls one chunk, if there is one to pull. Blocks as long as that takes.
     *
     * @return how long to wait before the next step, in nanoseconds, or {@link #NOTHING_MISSING}
     */
    long step() {
        List<MissingRange> missing = missing();
        if (missing.isEmpty()) {
            progress = progress.because("");
            return NOTHING_MISSING;
        }
        long wait = throttle.waitNanos();
        if (wait > 0) {
            return Math.min(wait, LOOK_AGAIN_NANOS);
        }
        List<Integer> asked = nodes.get();
        Step step = plan.next(missing, asked, nanoTime.getAsLong());
        if (step.target() == null) {
            if (asked.isEmpty()) {
                problem("no other replica of shard " + shard.shardId() + " can be asked");
            }
            return Math.min(step.waitNanos(), LOOK_AGAIN_NANOS);
        }
        return pull(step);
    }

    private List<MissingRange> missing() {
        List<MissingRange> missing = new ArrayList<>();
        for (PartitionView partition : shard.partitions()) {
            for (OffsetRange hole : partition.log().holes()) {
                missing.add(new MissingRange(partition.partitionId(), hole));
            }
        }
        missing.sort(
                Comparator.comparingLong(MissingRange::partitionId)
                        .thenComparingLong(one -> one.range().from()));
        return missing;
    }

    private long pull(Step step) {
        OffsetRange range = step.target().range();
        long partitionId = step.target().partitionId();
        PulledChunk chunk;
        try {
            chunk =
                    source.pull(
                            step.node(),
                            shard.shardId(),
                            partitionId,
                            range.from(),
                            range.to(),
                            PULL_DEADLINE);
        } catch (PullRefusedException e) {
            plan.refused(step, nanoTime.getAsLong());
            problem("broker " + step.node() + " does not give it: " + e.getMessage());
            return 0;
        } catch (IOException e) {
            plan.unreachable(step, nanoTime.getAsLong());
            problem("broker " + step.node() + " does not answer: " + e.getMessage());
            return 0;
        }
        throttle.took(chunk.bytes());
        if (chunk.batches().isEmpty() && chunk.logStartOffset() > range.from()) {
            plan.trimmed(step, nanoTime.getAsLong());
            return 0;
        }
        Optional<String> flaw = chunk.flaw(range.from(), range.to());
        if (flaw.isPresent()) {
            bad(step, flaw.get());
            return 0;
        }
        return fill(step, chunk);
    }

    private long fill(Step step, PulledChunk chunk) {
        PartitionView partition = shard.partition(step.target().partitionId());
        if (partition == null) {
            return 0;
        }
        try {
            if (!fill(partition.log(), chunk)) {
                return NOTHING_MISSING;
            }
        } catch (DiskFullException e) {
            problem("there is no room for it: " + e.getMessage());
            return DISK_WAIT_NANOS;
        } catch (IOException e) {
            // The store has remembered it: the next append or checkpoint stops the broker.
            LOG.error("Shard {} cannot store what it has pulled", shard.shardId(), e);
            problem("it cannot be stored: " + e.getMessage());
            return DISK_WAIT_NANOS;
        } catch (IllegalArgumentException e) {
            if (partition.log().holes().contains(step.target().range())) {
                bad(step, e.getMessage());
            }
            return 0;
        }
        plan.succeeded(step);
        long records = chunk.endOffset() - step.target().range().from();
        progress = progress.pulled(records, chunk.bytes(), step.node());
        return 0;
    }

    /** False if it is too late for that. */
    private synchronized boolean fill(PartitionLog log, PulledChunk chunk) throws IOException {
        if (stopped.getAsBoolean()) {
            return false;
        }
        log.fill(chunk.batches());
        return true;
    }

    /** Waits for a fill that is under way; once stopped there will be no other. */
    synchronized void awaitFill() {}

    private void bad(Step step, String what) {
        boolean isNews = plan.refused(step, nanoTime.getAsLong());
        String told =
                "what broker "
                        + step.node()
                        + " gives of partition "
                        + step.target().partitionId()
                        + " from offset "
                        + step.target().range().from()
                        + " is bad: "
                        + what;
        if (isNews) {
            LOG.warn("Shard {}: {}; another broker is asked", shard.shardId(), told);
        }
        problem(told);
    }

    private void problem(String what) {
        progress = progress.because(what);
    }
}
