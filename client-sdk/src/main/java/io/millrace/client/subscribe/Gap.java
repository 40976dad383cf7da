package io.millrace.client.subscribe;

import io.millrace.client.record.TopicPartition;

/**
 * Records that were not delivered.
 *
 * @param partition where
 * @param fromOffset the first offset missing
 * @param toOffset the first offset after the gap
 * @param reason EXPIRED, TRIMMED, or what a newer broker says
 */
public record Gap(TopicPartition partition, long fromOffset, long toOffset, String reason) {
    /** How many offsets are missing. */
    public long length() {
        return toOffset - fromOffset;
    }
}
