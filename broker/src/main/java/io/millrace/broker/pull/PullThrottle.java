package io.millrace.broker.pull;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds what a broker pulls in a second, over all its replicas: a token bucket that holds a
 * quarter of a second's bytes. What was taken too much is waited for before the next pull.
 * Thread-safe.
 */
public final class PullThrottle {

    /** 64 MiB a second. */
    public static final long DEFAULT_BYTES_PER_SECOND = 64L << 20;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final long bytesPerSecond;
    private final long burstBytes;
    private double tokens;
    private long refilledAt;

    /**
     * @param bytesPerSecond 1 or more
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    public PullThrottle(long bytesPerSecond, LongSupplier nanoTime) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "bytesPerSecond must be 1 or more, not " + bytesPerSecond);
        }
        this.bytesPerSecond = bytesPerSecond;
        this.burstBytes = Math.max(1, bytesPerSecond / 4);
        this.tokens = burstBytes;
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
        double more = (double) (now - refilledAt) / SECOND_NANOS * bytesPerSecond;
        tokens = Math.min(burstBytes, tokens + more);
        refilledAt = now;
    }
}
