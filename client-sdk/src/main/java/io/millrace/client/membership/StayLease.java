package io.millrace.client.membership;

import io.millrace.v1.Joined;
import java.util.concurrent.TimeUnit;

/**
 * How long a stay lasts unless the coordinator answers, counted from when the last thing that it
 * has answered was sent. Pure; guarded by its owner's lock.
 */
final class StayLease {
    private static final int SILENT_INTERVALS = 2;
    private static final int SILENT_PART = 3;

    private long leaseNanos;
    private long intervalNanos;
    private long provenNanos;

    /**
     * The stay has begun, or goes on.
     *
     * @param sentNanos when the join was sent
     */
    void begin(Joined joined, long sentNanos) {
        leaseNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(1, joined.getLeaseMs()));
        intervalNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(1, joined.getHeartbeatIntervalMs()));
        provenNanos = sentNanos;
    }

    /** Something that was sent at this time was answered. */
    void proven(long sentNanos) {
        if (sentNanos - provenNanos > 0) {
            provenNanos = sentNanos;
        }
    }

    /** In nanoseconds; 0 or less: the stay is over. */
    long left(long nowNanos) {
        return leaseNanos - (nowNanos - provenNanos);
    }

    /** How often to send heartbeats, in nanoseconds. */
    long intervalNanos() {
        return intervalNanos;
    }

    /** Whether a stream on which nothing came for so long is to be given up for another. */
    boolean isTooSilent(long silentNanos) {
        return silentNanos > Math.max(SILENT_INTERVALS * intervalNanos, leaseNanos / SILENT_PART);
    }
}
