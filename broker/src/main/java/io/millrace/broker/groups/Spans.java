package io.millrace.broker.groups;

/** Writes spans of time for people, as they would say them. */
final class Spans {

    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;

    private Spans() {}

    /** Such as "12 s"; the unit changes only when there are at least two of the next. */
    static String of(long ms) {
        if (ms < 2 * MINUTE_MS) {
            return ms / SECOND_MS + " s";
        } else if (ms < 2 * HOUR_MS) {
            return ms / MINUTE_MS + " min";
        }
        return ms < 2 * DAY_MS ? ms / HOUR_MS + " h" : ms / DAY_MS + " d";
    }
}
