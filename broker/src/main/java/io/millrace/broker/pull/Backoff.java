package io.millrace.broker.pull;

/**
 * When to try something again that has failed some times in a row.
 *
 * @param failures how often
 * @param untilNanos when, by the monotonic clock
 */
record Backoff(int failures, long untilNanos) {

    /** The next failure in a row: twice the wait of the one before, within bounds. */
    static Backoff after(Backoff before, long nowNanos, long firstNanos, long longestNanos) {
        int failures = before == null ? 1 : Math.min(before.failures + 1, 30);
        long wait = Math.min(firstNanos << Math.min(failures - 1, 20), longestNanos);
        return new Backoff(failures, nowNanos + wait);
    }

    /** How long there is to wait, in nanoseconds; 0 if it is time. */
    static long waitNanos(Backoff backoff, long nowNanos) {
        return backoff == null ? 0 : Math.max(0, backoff.untilNanos - nowNanos);
    }
}
