package io.millrace.client.cluster;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubles from a first wait up to a limit, each with
 * jitter, so that clients that failed together do not come back together. Not thread-safe.
 */
public final class Backoff {
    private final long firstNanos;
    private final long limitNanos;
    private final RandomGenerator random;
    private long nextNanos;

    /**
     * @param first the first wait, above 0
     * @param limit the longest wait, not below the first
     * @param random where the jitter comes from
     */
    public Backoff(Duration first, Duration limit, RandomGenerator random) {
        this.firstNanos = first.toNanos();
        this.limitNanos = limit.toNanos();
        this.random = random;
        this.nextNanos = firstNanos;
    }

    /** The next wait in nanoseconds: between half of the step and all of it. */
    public long next() {
        long step = nextNanos;
        nextNanos = Math.min(limitNanos, step * 2);
        return step / 2 + random.nextLong(step / 2 + 1);
    }

    /** Starts with the first wait again, after a success. */
    public void reset() {
        nextNanos = firstNanos;
    }
}
