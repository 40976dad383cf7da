package io.millrace.client.queue;

/**
 * Notices that this process stood still: it was stopped, or its machine was, or a collection of
 * garbage took long. Whatever runs all the time beats here. By the monotonic clock, which may stand
 * still itself while a machine sleeps. Pure; guarded by its owner's lock.
 */
final class Pulse {
    private long beatNanos;

    Pulse(long nowNanos) {
        beatNanos = nowNanos;
    }

    /** Something runs; tells how long nothing has, in nanoseconds. */
    long beat(long nowNanos) {
        long still = nowNanos - beatNanos;
        beatNanos = nowNanos;
        return still;
    }
}
