package io.millrace.perf.bench;

import java.util.Locale;

/** What is shown while a benchmark runs: a count, and its rate since it was last shown. */
final class LiveLine {
    private final String verb;
    private long shownNanos;
    private long shownCount;

    LiveLine(String verb, long nanos) {
        this.verb = verb;
        this.shownNanos = nanos;
    }

    /**
     * The text for a point in time.
     *
     * @param count so far
     * @param more what else is known, may be empty
     */
    String text(long nanos, long count, String more) {
        double seconds = Math.max(1, nanos - shownNanos) / 1e9;
        double rate = (count - shownCount) / seconds;
        shownNanos = nanos;
        shownCount = count;
        return String.format(
                Locale.ROOT,
                "%.0f s: %s %,d records, %,.0f/s%s",
                nanos / 1e9,
                verb,
                count,
                rate,
                more);
    }
}
