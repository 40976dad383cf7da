package io.millrace.protocol.batch;

import java.util.Arrays;
import java.util.List;

/**
 * What is stored for one event.
 *
 * @param timestampMs when it happened by the publisher's clock, milliseconds since 1970 UTC, 0 or
 *     more
 * @param key may be null; not copied, so not to be changed
 * @param value may be null; not copied, so not to be changed
 * @param headers in the publisher's order; unmodifiable
 */
public record Record(long timestampMs, byte[] key, byte[] value, List<Header> headers) {
    public Record {
        if (timestampMs < 0) {
            throw new IllegalArgumentException(
                    "timestampMs is "
                            + timestampMs
                            + "; it must be 0 or more milliseconds since 1970 UTC");
        }
        headers = List.copyOf(headers);
    }

    /** A record without headers. */
    public Record(long timestampMs, byte[] key, byte[] value) {
        this(timestampMs, key, value, List.of());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Record that
                && timestampMs == that.timestampMs
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        int hash = Long.hashCode(timestampMs);
        hash = 31 * hash + Arrays.hashCode(key);
        hash = 31 * hash + Arrays.hashCode(value);
        return 31 * hash + headers.hashCode();
    }

    /** Sizes only: payloads do not belong into logs. */
    @Override
    public String toString() {
        return "Record[timestampMs="
                + timestampMs
                + ", key="
                + size(key)
                + ", value="
                + size(value)
                + ", headers="
                + headers.size()
                + "]";
    }

    private static String size(byte[] bytes) {
        return bytes == null ? "null" : bytes.length + " bytes";
    }
}
