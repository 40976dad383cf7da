package io.millrace.broker;

import io.millrace.broker.shard.WriteGate;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.raft.RaftListener;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Passes all that the replicated log tells on to the metrics, what is fatal to the broker too, and
 * what keeps it from taking writes to the gate.
 */
final class FatalListener implements RaftListener {

    private final RaftListener metrics;
    private final WriteGate gate;
    private final Consumer<String> fatal;
    private final BiConsumer<Integer, String> lost;
    private final Runnable leaders;
    private final LongSupplier nanoTime;
    private volatile Long stalledSince;

    /**
     * @param lost hears of a replica that must be rebuilt, and why
     * @param leaders hears that a shard may have another leader; must not block
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    FatalListener(
            RaftListener metrics,
            WriteGate gate,
            Consumer<String> fatal,
            BiConsumer<Integer, String> lost,
            Runnable leaders,
            LongSupplier nanoTime) {
        this.metrics = metrics;
        this.gate = gate;
        this.fatal = fatal;
        this.lost = lost;
        this.leaders = leaders;
        this.nanoTime = nanoTime;
    }

    /** For how long the write-ahead log's disk has been hanging; 0: it does not. */
    long stalledNanos() {
        Long since = stalledSince;
        return since == null ? 0 : Math.max(1, nanoTime.getAsLong() - since);
    }

    @Override
    public void stalled(long nanos) {
        stalledSince = nanoTime.getAsLong() - nanos;
        metrics.stalled(nanos);
    }

    @Override
    public void recovered() {
        stalledSince = null;
        metrics.recovered();
    }

    @Override
    public void walForced(int entries, long bytes, long writeNanos, long forceNanos) {
        metrics.walForced(entries, bytes, writeNanos, forceNanos);
    }

    @Override
    public void entryRead(boolean fromDisk, int bytes) {
        metrics.entryRead(fromDisk, bytes);
    }

    @Override
    public void appendRefused(int shard) {
        metrics.appendRefused(shard);
    }

    @Override
    public void fatal(String what, Throwable cause) {
        metrics.fatal(what, cause);
        fatal.accept(what + ": " + cause);
    }

    /** What is allocated already takes what is under way; no more may come on top of it. */
    @Override
    public void walSpaceChanged(String problem) {
        if (problem.isEmpty()) {
            gate.open(ErrorCode.WAL_FULL);
        } else {
            gate.close(
                    ErrorCode.WAL_FULL,
                    "the write-ahead log cannot allocate its next segment, so the broker takes no"
                            + " writes; free space on its disk, it goes on by itself: "
                            + problem);
        }
        metrics.walSpaceChanged(problem);
    }

    @Override
    public void shardLost(int shard, String reason) {
        metrics.shardLost(shard, reason);
        lost.accept(shard, reason);
    }

    @Override
    public void leaderChanged(int shard) {
        leaders.run();
    }

    @Override
    public void checkpointed(int shard, long index, long nanos, long manifestBytes) {
        metrics.checkpointed(shard, index, nanos, manifestBytes);
    }

    @Override
    public void checkpointFailed(int shard, String reason) {
        metrics.checkpointFailed(shard, reason);
    }
}
