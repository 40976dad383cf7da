package io.millrace.raft.jraft;

import java.util.function.LongSupplier;

/**
 * When a replica heard its leader last, and how old the newest state is that it has applied wholly.
 * Thread-safe; never blocks for long.
 */
final class LeaderContact {

    private final LongSupplier nanoTime;
    private final LongSupplier appliedIndex;

    /** The last word of a leader; the start before there is one. */
    private volatile long heardNanos;

    private boolean fresh;
    private long freshNanos;

    /** The oldest word whose commit index was not applied when it came. */
    private boolean waiting;

    private long waitingIndex;
    private long waitingNanos;

    LeaderContact(LongSupplier nanoTime, LongSupplier appliedIndex) {
        this.nanoTime = nanoTime;
        this.appliedIndex = appliedIndex;
        this.heardNanos = nanoTime.getAsLong();
    }

    /** The leader said how far it has committed. */
    synchronized void heard(long commitIndex) {
        long now = nanoTime.getAsLong();
        heardNanos = now;
        settle();
        if (appliedIndex.getAsLong() >= commitIndex) {
            fresh = true;
            freshNanos = now;
            waiting = false;
        } else if (!waiting) {
            waiting = true;
            waitingIndex = commitIndex;
            waitingNanos = now;
        }
    }

    private void settle() {
        if (waiting && appliedIndex.getAsLong() >= waitingIndex) {
            fresh = true;
            freshNanos = waitingNanos;
            waiting = false;
        }
    }

    /** How long no leader has said anything, in nanoseconds; since the start if none ever did. */
    long silentNanos() {
        return Math.max(0, nanoTime.getAsLong() - heardNanos);
    }

    /** See {@link io.millrace.raft.Shard#stalenessNanos}, of a replica that follows. */
    synchronized long stalenessNanos() {
        settle();
        return fresh ? Math.max(0, nanoTime.getAsLong() - freshNanos) : Long.MAX_VALUE;
    }
}
