package io.millrace.broker.partition;

import java.util.List;

/**
 * An immutable copy of what a partition log consists of, for checkpoints.
 *
 * @param startOffset the log start offset
 * @param endOffset the log end offset
 * @param nextSegmentNumber higher than the number of any segment so far
 * @param segments the segments that hold the records, oldest first
 */
public record LogState(
        long startOffset, long endOffset, long nextSegmentNumber, List<SegmentState> segments) {

    /** A log that has never held anything. */
    public static final LogState EMPTY = new LogState(0, 0, 1, List.of());

    public LogState {
        segments = List.copyOf(segments);
    }
}
