package io.millrace.client.publish;

import io.millrace.client.read.ReadToken;
import io.millrace.client.record.TopicPartition;

/**
 * A record that is stored, as {@link #durability} says.
 *
 * @param partition where it is
 * @param offset its offset; {@link #OFFSET_UNKNOWN} if it was stored by an attempt so long ago that
 *     the broker has forgotten the offset
 * @param appendTimeMs the broker's time stamp, milliseconds since 1970 UTC; 0 if the offset is
 *     unknown
 * @param duplicate an earlier attempt had stored it, and the answer to that one was lost
 * @param durability what the broker says that was achieved
 */
public record PublishedRecord(
        TopicPartition partition,
        long offset,
        long appendTimeMs,
        boolean duplicate,
        Durability durability) {
    /** Stands for an offset that the broker has forgotten. */
    public static final long OFFSET_UNKNOWN = -1;

    /**
     * For reads that are to see it: {@code Consistency.session(record.token())}. Names nothing if
     * the offset is unknown.
     */
    public ReadToken token() {
        return offset == OFFSET_UNKNOWN ? ReadToken.none() : ReadToken.of(partition, offset + 1);
    }
}
