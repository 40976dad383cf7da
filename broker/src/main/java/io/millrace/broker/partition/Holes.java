package io.millrace.broker.partition;

import java.util.ArrayList;
import java.util.List;

/**
 * The ranges that a log misses, immutable.
 *
 * @param ranges by rising offset; no two of them touch
 */
record Holes(List<OffsetRange> ranges) {

    static final Holes NONE = new Holes(List.of());

    Holes {
        ranges = List.copyOf(ranges);
    }

    /** The range that holds the offset, or null. */
    OffsetRange at(long offset) {
        for (OffsetRange range : ranges) {
            if (range.contains(offset)) {
                return range;
            }
        }
        return null;
    }

    /** The range that ends at the offset, or null. */
    OffsetRange endingAt(long offset) {
        for (OffsetRange range : ranges) {
            if (range.to() == offset) {
                return range;
            }
        }
        return null;
    }

    /** With one more range, which becomes one with those that it touches. */
    Holes plus(OffsetRange more) {
        List<OffsetRange> all = new ArrayList<>();
        OffsetRange merged = more;
        boolean placed = false;
        for (OffsetRange range : ranges) {
            if (range.to() < merged.from()) {
                all.add(range);
            } else if (range.from() > merged.to()) {
                if (!placed) {
                    all.add(merged);
                    placed = true;
                }
                all.add(range);
            } else {
                merged =
                        new OffsetRange(
                                Math.min(range.from(), merged.from()),
                                Math.max(range.to(), merged.to()));
            }
        }
        if (!placed) {
            all.add(merged);
        }
        return new Holes(all);
    }

    /** Without the offsets from one on up to another. */
    Holes minus(long from, long to) {
        if (ranges.isEmpty()) {
            return this;
        }
        List<OffsetRange> rest = new ArrayList<>();
        for (OffsetRange range : ranges) {
            if (range.from() < from) {
                rest.add(new OffsetRange(range.from(), Math.min(range.to(), from)));
            }
            if (range.to() > to) {
                rest.add(new OffsetRange(Math.max(range.from(), to), range.to()));
            }
        }
        return new Holes(rest);
    }
}
