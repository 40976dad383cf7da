package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.util.Iterator;
import java.util.List;

/**
 * An immutable copy of what a partition log consists of, for checkpoints. Segments and holes follow
 * each other without a gap from the log start, which may lie within the first segment, to the end.
 *
 * @param startOffset the log start offset
 * @param endOffset the log end offset
 * @param nextSegmentNumber higher than the number of any segment so far
 * @param segments the segments that hold the records, by rising offset
 * @param holes what this replica misses, by rising offset; no two of them touch
 */
public record LogState(
        long startOffset,
        long endOffset,
        long nextSegmentNumber,
        List<SegmentState> segments,
        List<OffsetRange> holes) {

    /** A log that has never held anything. */
    public static final LogState EMPTY = new LogState(0, 0, 1, List.of());

    public LogState {
        segments = List.copyOf(segments);
        holes = List.copyOf(holes);
    }

    /** The state of a log that misses nothing. */
    public LogState(
            long startOffset, long endOffset, long nextSegmentNumber, List<SegmentState> segments) {
        this(startOffset, endOffset, nextSegmentNumber, segments, List.of());
    }

    /** The state of a log that misses everything. */
    public static LogState missing(long startOffset, long endOffset) {
        return new LogState(
                startOffset,
                endOffset,
                1,
                List.of(),
                startOffset == endOffset
                        ? List.of()
                        : List.of(new OffsetRange(startOffset, endOffset)));
    }

    /**
     * Checks that segments and holes follow each other from the start to the end.
     *
     * @throws CorruptLogException if they do not
     */
    void check(long partitionId) throws CorruptLogException {
        Iterator<OffsetRange> rest = holes.iterator();
        OffsetRange hole = next(rest);
        long offset = startOffset;
        boolean first = true;
        for (SegmentState segment : segments) {
            while (hole != null && hole.from() == offset && offset < segment.baseOffset()) {
                offset = hole.to();
                hole = next(rest);
                first = false;
            }
            boolean fits = first ? segment.baseOffset() <= offset : segment.baseOffset() == offset;
            if (!fits || segment.number() >= nextSegmentNumber) {
                throw flaw(partitionId, "segment " + segment.number() + " does not fit in");
            }
            offset = segment.endOffset();
            first = false;
        }
        if (hole != null && hole.from() == offset) {
            offset = hole.to();
            hole = next(rest);
        }
        if (hole != null) {
            throw flaw(partitionId, "hole " + hole + " does not fit in");
        }
        if (offset != endOffset) {
            throw flaw(partitionId, "segments end at " + offset + ", its log at " + endOffset);
        }
    }

    private static OffsetRange next(Iterator<OffsetRange> ranges) {
        return ranges.hasNext() ? ranges.next() : null;
    }

    private static CorruptLogException flaw(long partitionId, String what) {
        return new CorruptLogException("partition " + partitionId + ": the checkpoint's " + what);
    }
}
