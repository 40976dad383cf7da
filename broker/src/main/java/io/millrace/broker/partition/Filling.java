package io.millrace.broker.partition;

import java.util.List;

/**
 * Batches that were checked against the hole that they are to fill.
 *
 * @param plan the batches, dealt out to excerpts
 * @param baseOffset where the first one begins
 * @param limits those of the log, but with room for the largest batch: a batch may be older than
 *     the limit
 * @param isLast whether nothing of the hole is left behind them
 */
record Filling(AppendPlan plan, long baseOffset, SegmentLimits limits, boolean isLast) {

    /**
     * Checks the batches.
     *
     * @return null if they all lie below the log start
     * @throws IllegalArgumentException if they do not follow each other from the first offset of a
     *     hole on, or go beyond it
     */
    static Filling of(List<StoredBatch> batches, LogView view, SegmentLimits limits) {
        long start = view.startOffset();
        List<StoredBatch> wanted =
                batches.stream().filter(batch -> batch.endOffset() > start).toList();
        if (wanted.isEmpty()) {
            return null;
        }
        long base = wanted.get(0).baseOffset();
        long end = wanted.get(wanted.size() - 1).endOffset();
        OffsetRange hole = view.holes().at(Math.max(base, start));
        if (hole == null || hole.from() != Math.max(base, start) || end > hole.to()) {
            throw new IllegalArgumentException(
                    "the batches from "
                            + base
                            + " to "
                            + end
                            + " do not fill a hole from its first offset on; the log begins at "
                            + start
                            + " and misses "
                            + view.holes().ranges());
        }
        int largest = wanted.stream().mapToInt(batch -> batch.batch().remaining()).max().getAsInt();
        SegmentLimits roomy =
                new SegmentLimits(
                        limits.maxBytes(),
                        limits.maxAgeMs(),
                        Math.max(limits.maxBatchBytes(), largest));
        if (largest > Segment.MAX_BATCH_BYTES) {
            throw new IllegalArgumentException(
                    "a batch has " + largest + " bytes, the limit is " + Segment.MAX_BATCH_BYTES);
        }
        return new Filling(AppendPlan.of(wanted, base, 0, roomy), base, roomy, end == hole.to());
    }
}
