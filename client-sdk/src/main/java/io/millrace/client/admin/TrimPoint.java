package io.millrace.client.admin;

import java.time.Instant;

/** Up to where records are removed. */
public sealed interface TrimPoint {
    /** All records below this offset. */
    static TrimPoint offset(long offset) {
        return new BeforeOffset(offset);
    }

    /** All batches appended before this time. */
    static TrimPoint time(Instant time) {
        return new BeforeTime(time.toEpochMilli());
    }

    /** All records. */
    static TrimPoint all() {
        return new Everything();
    }

    /**
     * By offset.
     *
     * @param offset 0 to the log end
     */
    record BeforeOffset(long offset) implements TrimPoint {}

    /**
     * By time.
     *
     * @param timestampMs milliseconds since 1970 UTC
     */
    record BeforeTime(long timestampMs) implements TrimPoint {}

    /** Up to the log end. */
    record Everything() implements TrimPoint {}
}
