package io.millrace.broker.partition;

import net.openhft.chronicle.queue.RollCycle;

/**
 * One cycle for ever: a segment's queue never rolls by itself.
 *
 * <p>Its defaults are what the segments use: Chronicle encodes the place of the last excerpt with
 * the defaults of the cycle in one place and with those of the queue in another.
 */
enum SegmentRollCycle implements RollCycle {
    INSTANCE;

    /** Entries of an index page; a page is 8 bytes an entry. */
    static final int INDEX_COUNT = 512;

    /** A segment holds this many excerpts at most. */
    static final long MAX_EXCERPTS = (long) INDEX_COUNT * INDEX_COUNT;

    /** What an index page takes in the file, its header and padding included. */
    static final int INDEX_PAGE_BYTES = INDEX_COUNT * 8 + 256;

    private static final int SEQUENCE_BITS = 32;

    /** Like no format of Chronicle's own, or it takes the file for one of those. */
    @Override
    public String format() {
        return "'segment-'yyyyMMdd";
    }

    @Override
    public int lengthInMillis() {
        return 24 * 60 * 60 * 1000;
    }

    @Override
    public int defaultIndexCount() {
        return INDEX_COUNT;
    }

    @Override
    public int defaultIndexSpacing() {
        return 1;
    }

    @Override
    public long toIndex(int cycle, long sequenceNumber) {
        return ((long) cycle << SEQUENCE_BITS) + (sequenceNumber & ((1L << SEQUENCE_BITS) - 1));
    }

    @Override
    public long toSequenceNumber(long index) {
        return index & ((1L << SEQUENCE_BITS) - 1);
    }

    @Override
    public int toCycle(long index) {
        return (int) (index >> SEQUENCE_BITS);
    }

    @Override
    public long maxMessagesPerCycle() {
        return MAX_EXCERPTS;
    }
}
