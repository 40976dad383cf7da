package io.millrace.broker.shard;

import io.millrace.broker.partition.SegmentLimits;

/**
 * The settings of a partition that its shard acts on.
 *
 * @param segmentBytes a new segment begins when the present one has this many bytes, 1 or more
 * @param segmentAgeMs a new segment begins when the present one is this old, in milliseconds, 1 or
 *     more
 * @param retentionBytes old segments go while the others hold at least this many bytes; {@link
 *     #UNLIMITED}: never
 * @param retentionMs segments go when their last batch is this old, in milliseconds; {@link
 *     #UNLIMITED}: never
 * @param maxBatchBytes the largest batch that is taken, 1 to {@link #MAX_BATCH_BYTES}
 */
public record PartitionConfig(
        long segmentBytes,
        long segmentAgeMs,
        long retentionBytes,
        long retentionMs,
        int maxBatchBytes) {

    /** No limit of this kind. */
    public static final long UNLIMITED = -1;

    /** No partition takes larger batches (8 MiB). */
    public static final int MAX_BATCH_BYTES = 8 << 20;

    public PartitionConfig {
        require(segmentBytes >= 1, "segment bytes", segmentBytes, "1 or more");
        require(segmentAgeMs >= 1, "segment age in ms", segmentAgeMs, "1 or more");
        require(retentionBytes >= UNLIMITED, "retention bytes", retentionBytes, "-1 or more");
        require(retentionMs >= UNLIMITED, "retention ms", retentionMs, "-1 or more");
        require(
                maxBatchBytes >= 1 && maxBatchBytes <= MAX_BATCH_BYTES,
                "max batch bytes",
                maxBatchBytes,
                "1 to " + MAX_BATCH_BYTES);
    }

    /** What the partition log needs of it. */
    SegmentLimits segmentLimits() {
        return new SegmentLimits(segmentBytes, segmentAgeMs, maxBatchBytes);
    }

    private static void require(boolean holds, String field, long value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + "; allowed: " + allowed);
        }
    }
}
