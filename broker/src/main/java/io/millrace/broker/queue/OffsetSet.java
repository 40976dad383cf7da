package io.millrace.broker.queue;

import java.util.Arrays;

/**
 * Offsets, kept as ranges in one array of primitives. Immutable: a change gives another set, at the
 * price of a copy, which is small against the entry that brings the change.
 */
public final class OffsetSet {

    /** No offsets. */
    public static final OffsetSet EMPTY = new OffsetSet(new long[0]);

    /** The first of a range, the one after its last, and so on; rising, no two ranges touch. */
    private final long[] bounds;

    private final long count;

    private OffsetSet(long[] bounds) {
        this.bounds = bounds;
        long sum = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            sum += bounds[i + 1] - bounds[i];
        }
        this.count = sum;
    }

    /** The set of some offsets, in any order. */
    public static OffsetSet of(long... offsets) {
        long[] sorted = offsets.clone();
        Arrays.sort(sorted);
        Builder builder = new Builder();
        for (long offset : sorted) {
            builder.add(offset, offset + 1);
        }
        return builder.build();
    }

    /** The offsets from one up to, and without, another; none if they are the same. */
    public static OffsetSet range(long from, long to) {
        return from == to ? EMPTY : new Builder().add(from, to).build();
    }

    public boolean isEmpty() {
        return bounds.length == 0;
    }

    /** How many offsets are in it. */
    public long count() {
        return count;
    }

    /** How many ranges they make up. */
    public int rangeCount() {
        return bounds.length / 2;
    }

    /** The lowest offset of a range. */
    public long rangeFrom(int range) {
        return bounds[2 * range];
    }

    /** The offset after the last one of a range. */
    public long rangeTo(int range) {
        return bounds[2 * range + 1];
    }

    public boolean contains(long offset) {
        return (boundsUpTo(offset) & 1) == 1;
    }

    /** The lowest offset that is not in it, from one on. */
    public long nextAbsent(long offset) {
        int at = boundsUpTo(offset);
        return (at & 1) == 1 ? bounds[at] : offset;
    }

    /** The lowest offset that is in it, from one on; the largest number if there is none. */
    public long nextPresent(long offset) {
        int at = boundsUpTo(offset);
        if ((at & 1) == 1) {
            return offset;
        }
        return at == bounds.length ? Long.MAX_VALUE : bounds[at];
    }

    /** What is in either. */
    public OffsetSet union(OffsetSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        Builder merged = new Builder(bounds.length + other.bounds.length);
        int mine = 0;
        int theirs = 0;
        while (mine < bounds.length || theirs < other.bounds.length) {
            if (theirs == other.bounds.length
                    || mine < bounds.length && bounds[mine] <= other.bounds[theirs]) {
                merged.add(bounds[mine], bounds[mine + 1]);
                mine += 2;
            } else {
                merged.add(other.bounds[theirs], other.bounds[theirs + 1]);
                theirs += 2;
            }
        }
        return merged.build();
    }

    /** What is in this one and not in the other. */
    public OffsetSet minus(OffsetSet other) {
        if (isEmpty() || other.isEmpty()) {
            return this;
        }
        Builder rest = new Builder(bounds.length + other.bounds.length);
        for (int i = 0; i < bounds.length; i += 2) {
            long from = other.nextAbsent(bounds[i]);
            while (from < bounds[i + 1]) {
                long to = Math.min(other.nextPresent(from), bounds[i + 1]);
                rest.add(from, to);
                from = other.nextAbsent(to);
            }
        }
        return rest.build();
    }

    /** What of it lies below an offset. */
    public OffsetSet below(long offset) {
        int at = boundsUpTo(offset);
        if (at == bounds.length) {
            return this;
        }
        boolean cuts = (at & 1) == 1 && bounds[at - 1] < offset;
        long[] kept = Arrays.copyOf(bounds, cuts ? at + 1 : at & ~1);
        if (cuts) {
            kept[at] = offset;
        }
        return new OffsetSet(kept);
    }

    /** What of it lies at an offset or above. */
    public OffsetSet from(long offset) {
        int at = boundsUpTo(offset);
        if (at == 0) {
            return this;
        }
        if ((at & 1) == 0) {
            return new OffsetSet(Arrays.copyOfRange(bounds, at, bounds.length));
        }
        long[] kept = Arrays.copyOfRange(bounds, at - 1, bounds.length);
        kept[0] = offset;
        return new OffsetSet(kept);
    }

    void write(VarintWriter out) {
        out.put(rangeCount());
        long before = 0;
        for (long bound : bounds) {
            out.put(bound - before);
            before = bound;
        }
    }

    /**
     * Reads a set.
     *
     * @throws IllegalArgumentException if the bytes stand for none
     */
    static OffsetSet read(VarintReader in) {
        long[] bounds = new long[2 * in.count(2)];
        long before = 0;
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = in.getAbove(before);
            if (i > 0 && bounds[i] == before) {
                throw new IllegalArgumentException("ranges that are empty, or touch, at " + before);
            }
            before = bounds[i];
        }
        return new OffsetSet(bounds);
    }

    /** How many bounds are not above an offset: odd if it lies in a range. */
    private int boundsUpTo(long offset) {
        int at = Arrays.binarySearch(bounds, offset);
        return at >= 0 ? at + 1 : -at - 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OffsetSet set && Arrays.equals(bounds, set.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    /** The number of offsets and ranges: a set may be large. */
    @Override
    public String toString() {
        return count + " offsets in " + rangeCount() + " ranges";
    }

    /** Puts ranges together that come by rising start; they may overlap. */
    static final class Builder {

        private long[] bounds;
        private int size;

        Builder() {
            this(8);
        }

        private Builder(int expected) {
            bounds = new long[expected];
        }

        Builder add(long from, long to) {
            if (from < 0 || to <= from || size > 0 && from < bounds[size - 2]) {
                throw new IllegalArgumentException(
                        "the offsets from " + from + " to " + to + " are none, or out of order");
            }
            if (size > 0 && from <= bounds[size - 1]) {
                bounds[size - 1] = Math.max(bounds[size - 1], to);
                return this;
            }
            if (size == bounds.length) {
                bounds = Arrays.copyOf(bounds, Math.max(8, 2 * size));
            }
            bounds[size++] = from;
            bounds[size++] = to;
            return this;
        }

        OffsetSet build() {
            return size == 0 ? EMPTY : new OffsetSet(Arrays.copyOf(bounds, size));
        }
    }
}
