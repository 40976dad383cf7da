package io.millrace.broker.partition;

/**
 * When a segment is full.
 *
 * @param maxBytes a new segment begins when the present one has reached this many bytes
 * @param maxAgeMs a new segment begins when the first batch of the present one is this much older
 *     than the batch to be appended, in milliseconds
 * @param maxBatchBytes the largest batch that must fit
 */
public record SegmentLimits(long maxBytes, long maxAgeMs, int maxBatchBytes) {}
