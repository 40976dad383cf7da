package io.millrace.perf.measure;

/**
 * Looks for the longest time in which nothing came. Times are nanoseconds of one clock.
 * Thread-safe: what comes may be told a little out of order.
 */
public final class GapWatch {
    private long last;
    private long longest;
    private long count;

    /** Begins to look, as if something had come now. */
    public GapWatch(long nanos) {
        last = nanos;
    }

    /** Something came. */
    public synchronized void came(long nanos) {
        count++;
        if (nanos > last) {
            longest = Math.max(longest, nanos - last);
            last = nanos;
        }
    }

    /** Forgets all gaps that are over; the one that goes on counts from its beginning. */
    public synchronized void forget() {
        longest = 0;
    }

    /** The longest gap that is not forgotten, the one that goes on included. */
    public synchronized long longestNanos(long now) {
        return Math.max(longest, now - last);
    }

    /** How often something came, from the beginning. */
    public synchronized long count() {
        return count;
    }
}
