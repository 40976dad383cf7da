package io.millrace.broker.partition;

import java.util.ArrayList;
import java.util.List;

/**
 * Batches that were checked against the log's end and dealt out to excerpts: one if they fit.
 *
 * @param excerpts one or more, none of them empty
 * @param bytes what they take in the file at most
 */
record AppendPlan(List<List<StoredBatch>> excerpts, long bytes) {

    /** What Chronicle adds to an excerpt: its header, padding, and an index page in between. */
    private static final int FRAME_BYTES = 64 + SegmentRollCycle.INDEX_PAGE_BYTES;

    static AppendPlan of(
            List<StoredBatch> batches, long endOffset, long lastTimeMs, SegmentLimits limits) {
        if (batches.isEmpty()) {
            throw new IllegalArgumentException("no batches to append");
        }
        int maxBytes = limits.maxBatchBytes() + ExcerptFormat.overheadBytes(1);
        List<List<StoredBatch>> excerpts = new ArrayList<>();
        List<StoredBatch> excerpt = new ArrayList<>();
        long excerptBytes = ExcerptFormat.overheadBytes(0);
        long bytes = 0;
        long offset = endOffset;
        long time = lastTimeMs;
        for (StoredBatch batch : batches) {
            check(batch, offset, time, limits);
            offset = batch.endOffset();
            time = batch.appendTimeMs();
            long batchBytes = ExcerptFormat.ENTRY_BYTES + batch.batch().remaining();
            if (!excerpt.isEmpty()
                    && (excerptBytes + batchBytes > maxBytes
                            || excerpt.size() == ExcerptFormat.MAX_BATCHES)) {
                excerpts.add(excerpt);
                bytes += excerptBytes + FRAME_BYTES;
                excerpt = new ArrayList<>();
                excerptBytes = ExcerptFormat.overheadBytes(0);
            }
            excerpt.add(batch);
            excerptBytes += batchBytes;
        }
        excerpts.add(excerpt);
        return new AppendPlan(excerpts, bytes + excerptBytes + FRAME_BYTES);
    }

    long firstAppendTimeMs() {
        return excerpts.get(0).get(0).appendTimeMs();
    }

    /** False if the limits want a new segment for it. */
    boolean mayFollow(SegmentState segment, SegmentLimits limits) {
        return segment.sizeBytes() < limits.maxBytes()
                && firstAppendTimeMs() - segment.firstAppendTimeMs() < limits.maxAgeMs()
                && segment.excerptCount() + excerpts.size() <= SegmentRollCycle.MAX_EXCERPTS;
    }

    private static void check(StoredBatch batch, long offset, long timeMs, SegmentLimits limits) {
        if (batch.baseOffset() != offset) {
            throw new IllegalArgumentException(
                    "a batch begins at offset "
                            + batch.baseOffset()
                            + " where the log ends at "
                            + offset);
        }
        if (batch.recordCount() < 1) {
            throw new IllegalArgumentException(
                    "the batch at offset " + offset + " has " + batch.recordCount() + " records");
        }
        if (batch.appendTimeMs() < timeMs) {
            throw new IllegalArgumentException(
                    "the append time of the batch at offset "
                            + offset
                            + " goes back from "
                            + timeMs
                            + " to "
                            + batch.appendTimeMs());
        }
        if (batch.batch().remaining() > limits.maxBatchBytes()) {
            throw new IllegalArgumentException(
                    "the batch at offset "
                            + offset
                            + " has "
                            + batch.batch().remaining()
                            + " bytes, the partition allows "
                            + limits.maxBatchBytes());
        }
    }
}
