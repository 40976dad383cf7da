package io.millrace.broker.subscription;

import java.util.concurrent.CompletableFuture;

/**
 * The leader's word on the log ends of one shard, asked for when somebody needs it, and again after
 * a failure. Confined to its session's turn.
 */
final class ShardBarrier {

    private final ServedPartition served;
    private final Runnable signal;
    private CompletableFuture<Void> asked;
    private long askAgainNanos;

    /**
     * @param served any partition of the shard
     * @param signal called by any thread when there is an answer
     */
    ShardBarrier(ServedPartition served, Runnable signal) {
        this.served = served;
        this.signal = signal;
    }

    /** Whether everything acknowledged before the first {@link #ask} is applied here. */
    boolean passed() {
        return asked != null && asked.isDone() && !asked.isCompletedExceptionally();
    }

    /** Asks, unless an answer is under way or a failure is too fresh. */
    void ask(long nowNanos) {
        boolean failed = asked != null && asked.isCompletedExceptionally();
        if (asked == null || failed && nowNanos - askAgainNanos >= 0) {
            askAgainNanos = nowNanos + Arrivals.LOOK_AGAIN.toNanos();
            asked = served.readBarrier();
            asked.whenComplete((passed, error) -> signal.run());
        }
    }
}
