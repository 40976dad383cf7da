package io.millrace.broker.partition;

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
}
