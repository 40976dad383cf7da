package io.millrace.broker.queue;

/**
 * What a group has done of a partition. Immutable.
 *
 * @param watermark everything below is done, but what was redriven; never goes back
 * @param done what else is done, above the watermark
 * @param redriven what is not done below the watermark
 * @param marks of records that were delivered in vain; only of those that are not done
 * @param deadLettered how many records were given up; a redriven one may be so again
 */
public record QueueProgress(
        long watermark,
        OffsetSet done,
        OffsetSet redriven,
        DeliveryMarks marks,
        long deadLettered) {

    /** The most ranges above the watermark. */
    public static final int MAX_RANGES = 100_000;

    /** The most marks. */
    public static final int MAX_MARKS = 100_000;

    /** The most redriven records that are not done yet. */
    public static final int MAX_REDRIVEN = 10_000;

    /** A queue of which everything below an offset is done. */
    public static QueueProgress startingAt(long offset) {
        return new QueueProgress(offset, OffsetSet.EMPTY, OffsetSet.EMPTY, DeliveryMarks.EMPTY, 0);
    }

    public boolean isDone(long offset) {
        return offset < watermark ? !redriven.contains(offset) : done.contains(offset);
    }

    /** How much memory and checkpoint it takes, in ranges and marks. */
    int weight() {
        return 1 + done.rangeCount() + redriven.rangeCount() + marks.size();
    }

    /** Where it stands after a settlement. Takes no heed of the bounds: see {@link #excess}. */
    QueueProgress with(QueueSettlement settlement) {
        OffsetSet settled = settlement.done().union(settlement.dead());
        OffsetSet above = done.union(settled.from(watermark));
        long nextWatermark = above.nextAbsent(watermark);
        OffsetSet nextDone = above.from(nextWatermark);
        DeliveryMarks newMarks = settlement.marks().undone(this).minus(settled);
        return new QueueProgress(
                nextWatermark,
                nextDone,
                redriven.minus(settled),
                marks.minus(settled).union(newMarks),
                deadLettered + undone(settlement.dead()).count());
    }

    /** Where it stands after records have been made undone. */
    QueueProgress redriving(OffsetSet offsets) {
        return new QueueProgress(
                watermark,
                done.minus(offsets.from(watermark)),
                redriven.union(offsets.below(watermark)),
                marks,
                deadLettered);
    }

    /** Which of some records are not done. */
    public OffsetSet undone(OffsetSet offsets) {
        OffsetSet below = offsets.below(watermark);
        OffsetSet redrivenOnes = below.minus(below.minus(redriven));
        return redrivenOnes.union(offsets.from(watermark).minus(done));
    }

    /**
     * Why this state must not follow another one: it has outgrown a bound. What shrinks, or stays,
     * is always let through. A leader that keeps to {@link QueueSettings#MAX_WINDOW} never gets
     * there by settling: there are no more ranges and marks than records that are not done.
     *
     * @return a sentence; null if nothing is in the way
     */
    String excess(QueueProgress before) {
        if (exceeds(done.rangeCount(), before.done.rangeCount(), MAX_RANGES)) {
            return "the settled records would make up "
                    + done.rangeCount()
                    + " ranges, at most "
                    + MAX_RANGES
                    + " are kept; settle the oldest records first, from "
                    + watermark
                    + " on";
        }
        if (exceeds(marks.size(), before.marks.size(), MAX_MARKS)) {
            return marks.size()
                    + " records would be waiting to be delivered again, at most "
                    + MAX_MARKS
                    + " are kept; settle some of them first";
        }
        if (exceeds(redriven.count(), before.redriven.count(), MAX_REDRIVEN)) {
            return redriven.count()
                    + " redriven records would be waiting, at most "
                    + MAX_REDRIVEN
                    + " are kept; redrive fewer at a time";
        }
        return null;
    }

    private static boolean exceeds(long now, long before, long limit) {
        return now > limit && now > before;
    }

    void write(VarintWriter out) {
        out.put(watermark).put(deadLettered);
        done.write(out);
        redriven.write(out);
        marks.write(out);
    }

    /**
     * Reads the progress of a queue.
     *
     * @throws IllegalArgumentException if the bytes stand for none
     */
    static QueueProgress read(VarintReader in) {
        long watermark = in.getAbove(0);
        long deadLettered = in.getAbove(0);
        OffsetSet done = OffsetSet.read(in);
        OffsetSet redriven = OffsetSet.read(in);
        if (done.nextPresent(0) <= watermark || redriven.nextPresent(watermark) < Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "ranges on the wrong side of the watermark " + watermark);
        }
        return new QueueProgress(watermark, done, redriven, DeliveryMarks.read(in), deadLettered);
    }
}
