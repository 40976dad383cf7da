package io.millrace.client.subscribe;

import java.time.Instant;

/** A place in a partition. */
public sealed interface Position {
    /** The first record still held when the broker reads this. */
    static Position earliest() {
        return Named.EARLIEST;
    }

    /** After the last record there is when the broker reads this. */
    static Position latest() {
        return Named.LATEST;
    }

    /** This offset, 0 or more. */
    static Position offset(long offset) {
        return new AtOffset(offset);
    }

    /** The first batch appended at or after this time by the broker's clock. */
    static Position time(Instant time) {
        return new AtTime(time.toEpochMilli());
    }

    /** A place that has a name. */
    enum Named implements Position {
        /** The log start. */
        EARLIEST,
        /** The log end. */
        LATEST
    }

    /**
     * A place by offset.
     *
     * @param offset 0 or more
     */
    record AtOffset(long offset) implements Position {
        public AtOffset {
            if (offset < 0) {
                throw new IllegalArgumentException(
                        "offset is " + offset + "; it must be 0 or more");
            }
        }
    }

    /**
     * A place by time.
     *
     * @param timestampMs milliseconds since 1970 UTC, 0 or more
     */
    record AtTime(long timestampMs) implements Position {
        public AtTime {
            if (timestampMs < 0) {
                throw new IllegalArgumentException("the time lies before 1970; it must not");
            }
        }
    }
}
