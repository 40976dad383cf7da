package io.millrace.broker.group;

/**
 * Time that a leader has really been running. It passes only with {@link #tick}, one period a tick
 * at most: a leader that was paused has heard nobody meanwhile, which is no sign that nobody spoke,
 * and must not take all for dead when it goes on. Used by one thread at a time.
 */
public final class TickedTime {

    private final long periodNanos;
    private long lastTick;
    private long passedNanos;

    /**
     * @param periodNanos the most that one tick counts for, in nanoseconds: somewhat above the time
     *     between two ticks
     * @param nanoTime the monotonic time now, in nanoseconds
     */
    public TickedTime(long periodNanos, long nanoTime) {
        this.periodNanos = periodNanos;
        this.lastTick = nanoTime;
    }

    /**
     * Time has passed.
     *
     * @param nanoTime the monotonic time now, in nanoseconds
     */
    public void tick(long nanoTime) {
        passedNanos += Math.min(periodNanos, Math.max(0, nanoTime - lastTick));
        lastTick = nanoTime;
    }

    /** The time that has passed, in nanoseconds. */
    long passedNanos() {
        return passedNanos;
    }
}
