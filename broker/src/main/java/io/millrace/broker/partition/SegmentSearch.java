package io.millrace.broker.partition;

import io.millrace.broker.partition.ExcerptFormat.CorruptExcerptException;
import io.millrace.broker.partition.ExcerptFormat.Entry;
import io.millrace.broker.partition.ExcerptFormat.Head;
import io.millrace.broker.partition.LogReader.CorruptLogException;

/** Finds places in a segment by binary search over the headers of its excerpts. */
final class SegmentSearch {

    private final Segment segment;
    private final SegmentState state;
    private final SegmentCursor cursor;

    /** The segment's queue must be pinned. */
    SegmentSearch(Segment segment, SegmentCursor cursor) {
        this.segment = segment;
        this.state = segment.state();
        this.cursor = cursor;
    }

    /** The excerpt that holds an offset of the segment. */
    long excerptOf(long offset) throws CorruptLogException {
        return first(head -> head.endOffset() > offset);
    }

    /** The offset of the first batch appended at or after a time; there must be one. */
    long offsetAt(long timestampMs) throws CorruptLogException {
        long excerpt = first(head -> head.lastAppendTimeMs() >= timestampMs);
        for (Entry entry : head(excerpt).entries()) {
            if (entry.appendTimeMs() >= timestampMs) {
                return entry.baseOffset();
            }
        }
        throw corrupt(excerpt, "its batches are older than its segment says", null);
    }

    private long first(Condition condition) throws CorruptLogException {
        long low = 0;
        long high = state.excerptCount() - 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (condition.holds(head(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private Head head(long excerpt) throws CorruptLogException {
        try {
            return segment.format().decodeHead(cursor.readHead(excerpt));
        } catch (CorruptExcerptException e) {
            throw corrupt(excerpt, e.getMessage(), e);
        }
    }

    private CorruptLogException corrupt(long excerpt, String what, Throwable cause) {
        CorruptLogException corrupt =
                new CorruptLogException(
                        segment
                                + " offsets "
                                + state.baseOffset()
                                + " to "
                                + state.endOffset()
                                + ": excerpt "
                                + excerpt
                                + " is corrupt: "
                                + what);
        corrupt.initCause(cause);
        return corrupt;
    }

    private interface Condition {
        boolean holds(Head head);
    }
}
