package io.millrace.broker.pull;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds what a broker pulls in a second, over all its replicas: a token bucket that holds a
 * quarter of a second's bytes. What was taken too much is waited for before the next pull.
 * Thread-safe.
 */
public final class PullThrottle {

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final LongSupplier rate;
    private long bytesPerSecond;
    private double tokens;
    private long refilledAt;

    /**
     * @param bytesPerSecond 1 or more
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    public PullThrottle(long bytesPerSecond, LongSupplier nanoTime) {
        this(() -> bytesPerSecond, nanoTime);
    }

    /**
     * @param bytesPerSecond 1 or more; asked each time, so that it may change while pulls go on
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    public PullThrottle(LongSupplier bytesPerSecond, LongSupplier nanoTime) {
        this.rate = bytesPerSecond;
        this.bytesPerSecond = currentRate();
        this.tokens = burstBytes();
        this.nanoTime = nanoTime;
        this.refilledAt = nanoTime.getAsLong();
    }

    /** Counts bytes that were pulled, which may be more than there are tokens. */
    synchronized void took(long bytes) {
        refill();
        tokens -= bytes;
    }

    /** How long to wait before the next pull, in nanoseconds; 0 if it may begin. */
    synchronized long waitNanos() {
        refill();
        return tokens > 0 ? 0 : (long) Math.ceil((1 - tokens) / bytesPerSecond * SECOND_NANOS);
    }

    private void refill() {
        long now = nanoTime.getAsLong();
        bytesPerSecond = currentRate();
        double more = (double) (now - refilledAt) / SECOND_NANOS * bytesPerSecond;
        tokens = Math.min(burstBytes(), tokens + more);
        refilledAt = now;
    }

    private long burstBytes() {
        return Math.max(1, bytesPerSecond / 4);
    }

    private long currentRate() {
        long now = rate.getAsLong();
        if (now < 1) {
            throw new IllegalArgumentException("bytesPerSecond must be 1 or more, not " + now);
        }
        return now;
    }
}
