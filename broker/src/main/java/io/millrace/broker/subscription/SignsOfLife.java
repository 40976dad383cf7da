package io.millrace.broker.subscription;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts heartbeat intervals: when the next heartbeat is due, and since when the subscriber has
 * taken nothing. {@link #tick} may be called by any thread, the rest belongs to the session's turn.
 */
final class SignsOfLife {

    private final AtomicInteger ticks = new AtomicInteger();
    private final SubscriptionLimits limits;
    private int heartbeat;
    private int progress;

    SignsOfLife(SubscriptionLimits limits) {
        this.limits = limits;
    }

    /** One heartbeat interval has passed. */
    void tick() {
        ticks.incrementAndGet();
    }

    /** Whether no heartbeat went out since the last tick. */
    boolean heartbeatIsDue() {
        return heartbeat != ticks.get();
    }

    /** A heartbeat goes out. */
    void heartbeat() {
        heartbeat = ticks.get();
        progress = heartbeat;
    }

    /** The connection has taken something. */
    void progress() {
        progress = ticks.get();
    }

    /**
     * The connection takes nothing now.
     *
     * @throws MillraceException with SUBSCRIPTION_STALLED if that has been so for too long
     */
    void requireProgress() {
        long intervals = ticks.get() - progress;
        if (intervals * limits.heartbeatInterval().toMillis() >= limits.stallTimeout().toMillis()) {
            throw MillraceException.of(
                    ErrorCode.SUBSCRIPTION_STALLED,
                    "nothing was taken off the connection for "
                            + limits.stallTimeout().toSeconds()
                            + " s; subscribe again and read faster");
        }
    }
}
