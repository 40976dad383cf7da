package io.millrace.raft.wal;

/**
 * What the records of one shard amount to. The writer and the recovery apply the same records to it
 * in the same order, so that a restart cannot come to another result. Not thread-safe.
 */
final class ShardState {

    private final EntryIndex entries = new EntryIndex();
    private long first = 1;
    private boolean uncertain;
    private String lostReason;

    EntryIndex entries() {
        return entries;
    }

    /** The first index that is needed, as far as a record says so. */
    long first() {
        return first;
    }

    /** Why the log is not to be trusted, or null. */
    String lostReason() {
        return lostReason;
    }

    /** Applies a record that begins at a place. */
    void apply(WalRecord record, long place) {
        switch (record.kind()) {
            case ENTRY -> entry(record.index(), record.term(), place);
            case TRUNCATE_SUFFIX -> truncateSuffix(record.index());
            case MARK -> mark(record.index());
            case RESET -> reset(record.index());
            case STATE -> state(record.index(), record.term());
            case LOST -> lost(record.text());
            case DISCARD -> {
                lostReason = null;
                reset(1);
            }
            case DAMAGE -> throw new IllegalArgumentException("concerns no shard");
        }
    }

    /** A lower index supersedes what was there; a higher one means that records are missing. */
    private void entry(long index, long term, long place) {
        if (uncertain) {
            restart(index);
        } else if (index > entries.next()) {
            lost("entry " + index + " follows entry " + (entries.next() - 1));
            restart(index);
        } else if (index < entries.next()) {
            entries.truncateFrom(index);
        }
        entries.add(term, place);
    }

    private void truncateSuffix(long lastKept) {
        if (uncertain) {
            restart(lastKept + 1);
        } else if (lastKept + 1 > entries.next()) {
            lost("cut back to entry " + lastKept + ", but it ends at " + (entries.next() - 1));
        } else {
            entries.truncateFrom(lastKept + 1);
        }
    }

    private void mark(long firstKept) {
        first = Math.max(first, firstKept);
        if (!uncertain && firstKept > entries.next()) {
            entries.restart(firstKept);
        }
    }

    private void reset(long index) {
        restart(index);
        first = index;
    }

    private void state(long stateFirst, long stateNext) {
        if (uncertain) {
            restart(stateNext);
        } else if (stateNext != entries.next()) {
            lost("its next entry is " + entries.next() + ", but should be " + stateNext);
            restart(stateNext);
        }
        first = Math.max(first, stateFirst);
    }

    private void restart(long index) {
        entries.restart(index);
        uncertain = false;
    }

    /** Records of the shard may be missing here. What comes later can be trusted again. */
    void damaged() {
        uncertain = true;
        entries.restart(entries.next());
    }

    /** The shard is not to be trusted from here on, until it is discarded. */
    void lost(String reason) {
        if (lostReason == null) {
            lostReason = reason;
        }
    }

    /** At the end of a scan: whether what is needed is all there. */
    void settle() {
        if (uncertain) {
            lost("its newest records are damaged");
        } else if (entries.base() > first) {
            lost("entries " + first + " to " + (entries.base() - 1) + " are damaged or missing");
        }
    }

    /** The oldest segment that the shard needs; {@code Long.MAX_VALUE} if it needs none. */
    long firstSegmentNeeded() {
        long from = Math.max(first, entries.base());
        if (lostReason != null || !entries.contains(from)) {
            return Long.MAX_VALUE;
        }
        return Place.segment(entries.place(from));
    }
}
