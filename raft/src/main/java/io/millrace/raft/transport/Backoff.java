package io.millrace.raft.transport;

/** How long to wait before the next attempt: twice as long after every failure, up to a bound. */
final class Backoff {

    private final long firstNanos;
    private final long lastNanos;
    private long nextNanos;

    Backoff(long firstNanos, long lastNanos) {
        this.firstNanos = firstNanos;
        this.lastNanos = lastNanos;
        this.nextNanos = firstNanos;
    }

    /** The wait after another failure. */
    long afterFailure() {
        long wait = nextNanos;
        nextNanos = Math.min(lastNanos, nextNanos * 2);
        return wait;
    }

    /** It worked. */
    void reset() {
        nextNanos = firstNanos;
    }
}
