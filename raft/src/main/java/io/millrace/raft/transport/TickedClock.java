package io.millrace.raft.transport;

import java.util.function.LongSupplier;

/**
 * A clock that stands still when this process does: each tick moves it on by what has passed since
 * the one before, but at most by the time between two. Whoever is starved himself hears nothing,
 * and must not blame the others for it. Thread-safe, with one thread that ticks.
 */
final class TickedClock {

    private final long tickNanos;
    private final LongSupplier nanoTime;
    private long tickedAt;
    private volatile long now;

    /**
     * @param tickNanos how often {@link #tick} is to be called
     * @param nanoTime a monotonic clock
     */
    TickedClock(long tickNanos, LongSupplier nanoTime) {
        this.tickNanos = tickNanos;
        this.nanoTime = nanoTime;
        this.tickedAt = nanoTime.getAsLong();
    }

    /** Moves it on. */
    void tick() {
        long at = nanoTime.getAsLong();
        now += Math.min(tickNanos, at - tickedAt);
        tickedAt = at;
    }

    /** In nanoseconds since any time. */
    long now() {
        return now;
    }
}
