package io.millrace.perf.measure;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of numbers counted from 0 on, exact and small: a bitmap in pages, of which the full ones
 * share one. Numbers that come about in order take next to nothing, at worst a bit each. Adding and
 * asking take the same time however many there are. Not thread-safe.
 */
final class SequenceSet {
    private static final int PAGE_BITS = 4096;
    private static final int PAGE_LONGS = PAGE_BITS / Long.SIZE;
    private static final long[] FULL = new long[0];

    /** Null: nothing in it. The last element of a page counts its bits. */
    private final List<long[]> pages = new ArrayList<>();

    private long size;

    /** Adds a number; false if it is in already. */
    boolean add(long number) {
        int index = Math.toIntExact(number / PAGE_BITS);
        while (pages.size() <= index) {
            pages.add(null);
        }
        long[] page = pages.get(index);
        if (page == FULL) {
            return false;
        }
        if (page == null) {
            page = new long[PAGE_LONGS + 1];
            pages.set(index, page);
        }
        int at = (int) (number % PAGE_BITS);
        if (isSet(page, at)) {
            return false;
        }
        page[at / Long.SIZE] |= 1L << at;
        if (++page[PAGE_LONGS] == PAGE_BITS) {
            pages.set(index, FULL);
        }
        size++;
        return true;
    }

    boolean contains(long number) {
        long index = number / PAGE_BITS;
        if (index >= pages.size()) {
            return false;
        }
        long[] page = pages.get((int) index);
        return page == FULL || page != null && isSet(page, (int) (number % PAGE_BITS));
    }

    /** How many there are. */
    long size() {
        return size;
    }

    /**
     * The first number from a start on, below an end, that is in neither this set nor the other;
     * the end if there is none.
     */
    long firstMissing(long start, long end, SequenceSet other) {
        long number = start;
        while (number < end) {
            if (isFull(number / PAGE_BITS)) {
                number = (number / PAGE_BITS + 1) * PAGE_BITS;
            } else if (contains(number) || other.contains(number)) {
                number++;
            } else {
                return number;
            }
        }
        return end;
    }

    private boolean isFull(long index) {
        return index < pages.size() && pages.get((int) index) == FULL;
    }

    private static boolean isSet(long[] page, int at) {
        return (page[at / Long.SIZE] >>> at & 1) != 0;
    }
}
