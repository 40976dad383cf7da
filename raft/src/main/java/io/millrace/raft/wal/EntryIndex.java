package io.millrace.raft.wal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From Raft index to place and term: 8 bytes an entry, and one run for each change of term. Covers
 * the indices from {@link #base} to {@link #next} (exclusive) without gaps. Not thread-safe.
 */
final class EntryIndex {

    private static final int CHUNK_BITS = 10;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final List<long[]> chunks = new ArrayList<>();
    private long firstChunk;
    private long base;
    private long next;
    private long[] runStarts = new long[4];
    private long[] runTerms = new long[4];
    private int runs;

    EntryIndex() {
        restart(1);
    }

    /** The lowest index that is here. */
    long base() {
        return base;
    }

    /** One above the highest index that is here. */
    long next() {
        return next;
    }

    boolean contains(long index) {
        return index >= base && index < next;
    }

    /** Forgets everything; the next entry has the given index. */
    void restart(long index) {
        chunks.clear();
        firstChunk = index >>> CHUNK_BITS;
        base = index;
        next = index;
        runs = 0;
    }

    /** Adds the entry {@link #next}. */
    void add(long term, long place) {
        int chunk = (int) ((next >>> CHUNK_BITS) - firstChunk);
        if (chunk == chunks.size()) {
            chunks.add(new long[CHUNK]);
        }
        chunks.get(chunk)[(int) next & (CHUNK - 1)] = place;
        if (runs == 0 || runTerms[runs - 1] != term) {
            addRun(term);
        }
        next++;
    }

    private void addRun(long term) {
        if (runs == runStarts.length) {
            runStarts = Arrays.copyOf(runStarts, runs * 2);
            runTerms = Arrays.copyOf(runTerms, runs * 2);
        }
        runStarts[runs] = next;
        runTerms[runs] = term;
        runs++;
    }

    /** The place of an entry that is here. */
    long place(long index) {
        return chunks.get((int) ((index >>> CHUNK_BITS) - firstChunk))[(int) index & (CHUNK - 1)];
    }

    /** The term of an entry that is here. */
    long term(long index) {
        int found = Arrays.binarySearch(runStarts, 0, runs, index);
        return runTerms[found >= 0 ? found : -found - 2];
    }

    /** Drops the entries from an index on, which becomes the next. */
    void truncateFrom(long index) {
        if (index <= base) {
            restart(index);
            return;
        }
        next = index;
        int kept = (int) (((index - 1) >>> CHUNK_BITS) - firstChunk) + 1;
        chunks.subList(kept, chunks.size()).clear();
        while (runs > 0 && runStarts[runs - 1] >= index) {
            runs--;
        }
    }

    /** Drops the entries that lie in a segment or in one before it. */
    void dropThrough(long segment) {
        long index = firstAfter(segment);
        if (index == base) {
            return;
        }
        if (index == next) {
            restart(next);
            return;
        }
        base = index;
        int gone = (int) ((base >>> CHUNK_BITS) - firstChunk);
        chunks.subList(0, gone).clear();
        firstChunk += gone;
        int run = 0;
        while (run + 1 < runs && runStarts[run + 1] <= base) {
            run++;
        }
        System.arraycopy(runStarts, run, runStarts, 0, runs - run);
        System.arraycopy(runTerms, run, runTerms, 0, runs - run);
        runs -= run;
    }

    /** The first index whose place is in a later segment, by bisection: places only rise. */
    private long firstAfter(long segment) {
        long low = base;
        long high = next;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (Place.segment(place(middle)) <= segment) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
