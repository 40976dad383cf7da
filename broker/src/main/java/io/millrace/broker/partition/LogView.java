package io.millrace.broker.partition;

import java.util.ArrayList;
import java.util.List;

/**
 * What readers see of a log, besides its end: immutable, replaced as a whole.
 *
 * @param startOffset the log start offset
 * @param segments the segments with records at or after it, by rising offset
 * @param holes what is missing at or after it
 */
record LogView(long startOffset, List<Segment> segments, Holes holes) {

    LogView {
        segments = List.copyOf(segments);
    }

    /** With a segment at its end, unless that is there. */
    LogView with(Segment newest) {
        int last = segments.size() - 1;
        if (last >= 0 && segments.get(last) == newest) {
            return this;
        }
        List<Segment> more = new ArrayList<>(segments);
        more.add(newest);
        return new LogView(startOffset, more, holes);
    }

    /** With a segment that was begun or has grown where something was missing. */
    LogView filled(Segment filler) {
        SegmentState state = filler.state();
        List<Segment> more = new ArrayList<>(segments);
        if (!more.contains(filler)) {
            int at = 0;
            while (at < more.size() && more.get(at).state().baseOffset() < state.baseOffset()) {
                at++;
            }
            more.add(at, filler);
        }
        return new LogView(startOffset, more, holes.minus(state.baseOffset(), state.endOffset()));
    }

    /** With more that is missing, at its end. */
    LogView skipped(OffsetRange missing) {
        return new LogView(startOffset, segments, holes.plus(missing));
    }

    /** Without a segment, whose offsets are missing now. */
    LogView lost(Segment segment, OffsetRange missing) {
        List<Segment> rest = new ArrayList<>(segments);
        rest.remove(segment);
        return new LogView(startOffset, rest, holes.plus(missing));
    }

    /** The segments that end at or before an offset. */
    List<Segment> below(long offset) {
        return segments.stream().filter(one -> one.state().endOffset() <= offset).toList();
    }

    LogView trimmed(long newStart) {
        return new LogView(
                newStart,
                segments.stream().filter(one -> one.state().endOffset() > newStart).toList(),
                holes.minus(0, newStart));
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

    /** The segment of a number, or null. */
    Segment ofNumber(long number) {
        return segments.stream()
                .filter(segment -> segment.state().number() == number)
                .findFirst()
                .orElse(null);
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

    /**
     * The hole that may hold an earlier batch than the one found for a time, or null.
     *
     * @param found what {@link #findTime} has found
     * @param endOffset the log end
     */
    OffsetRange missingBefore(Segment found, long timestampMs, long endOffset) {
        if (found == null) {
            return holes.endingAt(endOffset);
        }
        SegmentState state = found.state();
        return state.firstAppendTimeMs() < timestampMs ? null : holes.endingAt(state.baseOffset());
    }

    long sizeBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.state().sizeBytes();
        }
        return sum;
    }
}
