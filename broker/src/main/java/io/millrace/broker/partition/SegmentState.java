package io.millrace.broker.partition;

/**
 * What a checkpoint says of one segment of a partition log.
 *
 * @param number the segment's number, never used twice in a partition; names its directory together
 *     with the base offset
 * @param baseOffset the offset of its first record
 * @param endOffset the offset after its last record
 * @param excerptCount how many excerpts count; whatever the file holds behind them does not
 * @param sizeBytes bytes of the file up to the end of those excerpts
 * @param firstAppendTimeMs append time of its first batch
 * @param lastAppendTimeMs append time of its last batch
 */
public record SegmentState(
        long number,
        long baseOffset,
        long endOffset,
        long excerptCount,
        long sizeBytes,
        long firstAppendTimeMs,
        long lastAppendTimeMs) {}
