package io.millrace.perf.measure;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalDouble;

/**
 * The lowest rate over any second, found from samples of a count that only grows. A second that is
 * sampled late is a longer one. Not thread-safe.
 */
final class WorstSecond {
    private static final long SECOND = 1_000_000_000L;
    private static final int MAX_SAMPLES = 1_000;

    private final Deque<long[]> samples = new ArrayDeque<>();
    private OptionalDouble lowest = OptionalDouble.empty();

    /**
     * Adds a sample.
     *
     * @param nanos later than the ones before
     * @param count not less than before
     */
    void sample(long nanos, long count) {
        samples.addLast(new long[] {nanos, count});
        while (samples.size() > 1 && nanos - second()[0] >= SECOND
                || samples.size() > MAX_SAMPLES) {
            samples.removeFirst();
        }
        long[] from = samples.getFirst();
        if (nanos - from[0] >= SECOND) {
            double rate = (count - from[1]) * (double) SECOND / (nanos - from[0]);
            lowest = OptionalDouble.of(Math.min(rate, lowest.orElse(rate)));
        }
    }

    /** Units a second; empty before the first second is over. */
    OptionalDouble rate() {
        return lowest;
    }

    private long[] second() {
        Iterator<long[]> iterator = samples.iterator();
        iterator.next();
        return iterator.next();
    }
}
