package io.millrace.broker.queue;

import java.util.Arrays;
import java.util.Collection;
import java.util.TreeMap;

/** The {@link DeliveryMark}s of a queue, in arrays of primitives. Immutable. */
public final class DeliveryMarks {

    /** No marks. */
    public static final DeliveryMarks EMPTY =
            new DeliveryMarks(new long[0], new int[0], new long[0]);

    private final long[] offsets;
    private final int[] deliveries;
    private final long[] dueMs;

    private DeliveryMarks(long[] offsets, int[] deliveries, long[] dueMs) {
        this.offsets = offsets;
        this.deliveries = deliveries;
        this.dueMs = dueMs;
    }

    /** Some marks, in any order; of several for a record the latest counts. */
    public static DeliveryMarks of(Collection<DeliveryMark> marks) {
        TreeMap<Long, DeliveryMark> sorted = new TreeMap<>();
        marks.forEach(mark -> sorted.merge(mark.offset(), mark, DeliveryMark::later));
        Draft draft = new Draft(sorted.size());
        sorted.values().forEach(draft::add);
        return draft.build();
    }

    public int size() {
        return offsets.length;
    }

    /** One of them, counted from 0 by rising offset. */
    public DeliveryMark get(int index) {
        return new DeliveryMark(offsets[index], deliveries[index], dueMs[index]);
    }

    /** The mark of a record, or null. */
    public DeliveryMark find(long offset) {
        int at = Arrays.binarySearch(offsets, offset);
        return at < 0 ? null : get(at);
    }

    /** These and those; of two for a record the later counts. */
    DeliveryMarks union(DeliveryMarks other) {
        if (other.size() == 0) {
            return this;
        }
        Draft draft = new Draft(size() + other.size());
        int mine = 0;
        int theirs = 0;
        while (mine < size() || theirs < other.size()) {
            long my = mine < size() ? offsets[mine] : Long.MAX_VALUE;
            long their = theirs < other.size() ? other.offsets[theirs] : Long.MAX_VALUE;
            if (my < their) {
                draft.add(this, mine++);
            } else if (their < my) {
                draft.add(other, theirs++);
            } else {
                draft.add(get(mine++).later(other.get(theirs++)));
            }
        }
        return draft.build();
    }

    /** Those of records that are not in a set. */
    DeliveryMarks minus(OffsetSet set) {
        if (!isAnyIn(set)) {
            return this;
        }
        Draft draft = new Draft(size());
        for (int i = 0; i < offsets.length; i++) {
            if (!set.contains(offsets[i])) {
                draft.add(this, i);
            }
        }
        return draft.build();
    }

    /** Those of records that are not done. */
    DeliveryMarks undone(QueueProgress progress) {
        Draft draft = new Draft(size());
        for (int i = 0; i < offsets.length; i++) {
            if (!progress.isDone(offsets[i])) {
                draft.add(this, i);
            }
        }
        return draft.build();
    }

    private boolean isAnyIn(OffsetSet set) {
        for (int range = 0; range < set.rangeCount(); range++) {
            int at = Arrays.binarySearch(offsets, set.rangeFrom(range));
            int first = at < 0 ? -at - 1 : at;
            if (first < offsets.length && offsets[first] < set.rangeTo(range)) {
                return true;
            }
        }
        return false;
    }

    void write(VarintWriter out) {
        out.put(size());
        long before = 0;
        for (int i = 0; i < offsets.length; i++) {
            out.put(offsets[i] - before).put(deliveries[i]).put(dueMs[i]);
            before = offsets[i];
        }
    }

    /**
     * Reads marks.
     *
     * @throws IllegalArgumentException if the bytes stand for none
     */
    static DeliveryMarks read(VarintReader in) {
        int count = in.count(3);
        Draft draft = new Draft(count);
        long before = 0;
        for (int i = 0; i < count; i++) {
            long offset = in.getAbove(before);
            if (i > 0 && offset == before) {
                throw new IllegalArgumentException("two marks of the record " + offset);
            }
            draft.add(new DeliveryMark(offset, in.getInt(), in.get()));
            before = offset;
        }
        return draft.build();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeliveryMarks marks
                && Arrays.equals(offsets, marks.offsets)
                && Arrays.equals(deliveries, marks.deliveries)
                && Arrays.equals(dueMs, marks.dueMs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(offsets) * 31 + Arrays.hashCode(deliveries);
    }

    @Override
    public String toString() {
        return size() + " marks";
    }

    /** Marks that come by rising offset. */
    private static final class Draft {

        private final long[] offsets;
        private final int[] deliveries;
        private final long[] dueMs;
        private int size;

        Draft(int capacity) {
            offsets = new long[capacity];
            deliveries = new int[capacity];
            dueMs = new long[capacity];
        }

        void add(DeliveryMarks from, int index) {
            offsets[size] = from.offsets[index];
            deliveries[size] = from.deliveries[index];
            dueMs[size++] = from.dueMs[index];
        }

        void add(DeliveryMark mark) {
            offsets[size] = mark.offset();
            deliveries[size] = mark.deliveries();
            dueMs[size++] = mark.dueMs();
        }

        DeliveryMarks build() {
            return size == 0
                    ? EMPTY
                    : new DeliveryMarks(
                            Arrays.copyOf(offsets, size),
                            Arrays.copyOf(deliveries, size),
                            Arrays.copyOf(dueMs, size));
        }
    }
}
