package io.millrace.broker.partition;

import java.util.ArrayList;
import java.util.List;

/**
 * What readers see of a log, besides its end: immutable, replaced as a whole.
 *
 * @param startOffset the log start offset
 * @param segments the segments with records at or after it, oldest first
 */
record LogView(long startOffset, List<Segment> segments) {

    LogView {
        segments = List.copyOf(segments);
    }

    LogView with(Segment newest) {
        List<Segment> more = new ArrayList<>(segments);
        more.add(newest);
        return new LogView(startOffset, more);
    }

    /** The segments that end at or before an offset. */
    List<Segment> below(long offset) {
        return segments.stream().filter(one -> one.state().endOffset() <= offset).toList();
    }

    LogView trimmed(long newStart) {
        return new LogView(
                newStart,
                segments.stream().filter(one -> one.state().endOffset() > newStart).toList());
    }

    /** The segment that holds the offset, or null. */
    Segment find(long offset) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).state().baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low <= high && segments.get(low).contains(offset) ? segments.get(low) : null;
    }

    /** The first segment with a batch appended at or after a time, or null. */
    Segment findTime(long timestampMs) {
        for (Segment segment : segments) {
            if (segment.state().lastAppendTimeMs() >= timestampMs) {
                return segment;
            }
        }
        return null;
    }

    long sizeBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.state().sizeBytes();
        }
        return sum;
    }
}
