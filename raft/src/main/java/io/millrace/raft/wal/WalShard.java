package io.millrace.raft.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One shard's view of the journal. Thread-safe: the state is guarded by this object, and changed by
 * the writer's thread alone, once the record is forced.
 */
final class WalShard implements ShardLog {

    private final int shard;
    private final int maxEntryBytes;
    private final WalQueue queue;
    private final Segments segments;
    private final ShardState state;

    /** What callers see at once; the state's own follows when it is durable. */
    private long mark;

    WalShard(int shard, int maxEntryBytes, WalQueue queue, Segments segments, ShardState state) {
        this.shard = shard;
        this.maxEntryBytes = maxEntryBytes;
        this.queue = queue;
        this.segments = segments;
        this.state = state;
        this.mark = state.first();
    }

    @Override
    public int shard() {
        return shard;
    }

    @Override
    public synchronized long firstIndex() {
        return mark;
    }

    @Override
    public synchronized long lastIndex() {
        return Math.max(state.entries().next(), mark) - 1;
    }

    @Override
    public void append(List<WalEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        long next = lastIndex() + 1;
        List<WalRecord> records = new ArrayList<>(entries.size());
        for (WalEntry entry : entries) {
            if (entry.index() != next) {
                throw new IllegalArgumentException(
                        "shard " + shard + " expects entry " + next + ", got " + entry.index());
            }
            if (entry.payload().remaining() > maxEntryBytes) {
                throw new IllegalArgumentException(
                        "entry "
                                + next
                                + " of shard "
                                + shard
                                + " has "
                                + entry.payload().remaining()
                                + " bytes, the limit is "
                                + maxEntryBytes
                                + ", half a segment of the write-ahead log");
            }
            records.add(WalRecord.entry(shard, entry));
            next++;
        }
        submit(records).await();
    }

    @Override
    public WalEntry read(long index) {
        int offset;
        Segment segment;
        synchronized (this) {
            checkUsable();
            if (!state.entries().contains(index)) {
                return null;
            }
            long place = state.entries().place(index);
            offset = Place.offset(place);
            segment = segments.acquire(Place.segment(place));
        }
        try {
            return segment.readEntry(offset, shard, index);
        } catch (IOException e) {
            throw new WalFailedException(
                    "entry " + index + " of shard " + shard + " cannot be read", e);
        } finally {
            segment.release();
        }
    }

    @Override
    public synchronized long term(long index) {
        checkUsable();
        return state.entries().contains(index) ? state.entries().term(index) : 0;
    }

    @Override
    public void truncatePrefix(long firstIndexKept) {
        synchronized (this) {
            checkUsable();
            if (firstIndexKept <= mark) {
                return;
            }
            mark = firstIndexKept;
        }
        submit(List.of(WalRecord.of(WalRecord.Kind.MARK, shard, firstIndexKept)));
    }

    @Override
    public void truncateSuffix(long lastIndexKept) {
        synchronized (this) {
            if (lastIndexKept < mark - 1) {
                throw new IllegalArgumentException(
                        "shard "
                                + shard
                                + " begins at entry "
                                + mark
                                + " and cannot be cut back to "
                                + lastIndexKept);
            }
            if (lastIndexKept >= lastIndex()) {
                return;
            }
        }
        submit(List.of(WalRecord.of(WalRecord.Kind.TRUNCATE_SUFFIX, shard, lastIndexKept))).await();
    }

    @Override
    public void reset(long nextIndex) {
        if (nextIndex < 1) {
            throw new IllegalArgumentException("Raft indices start at 1, got " + nextIndex);
        }
        submit(List.of(WalRecord.of(WalRecord.Kind.RESET, shard, nextIndex))).await();
    }

    /** Forgets everything, also that the shard was lost; blocks until that is durable. */
    void discard() {
        WalRequest request =
                new WalRequest(this, List.of(WalRecord.of(WalRecord.Kind.DISCARD, shard, 0)));
        queue.put(request);
        request.await();
    }

    private WalRequest submit(List<WalRecord> records) {
        checkUsable();
        WalRequest request = new WalRequest(this, records);
        queue.put(request);
        return request;
    }

    private synchronized void checkUsable() {
        if (state.lostReason() != null) {
            throw lostException();
        }
    }

    /** What an operation on the shard fails with once it is lost. */
    synchronized WalFailedException lostException() {
        return new WalFailedException(
                "the log of shard " + shard + " is lost: " + state.lostReason());
    }

    /** Why the shard is lost, or null. */
    synchronized String lostReason() {
        return state.lostReason();
    }

    /** Gives the shard up, so that its segments can be used again. */
    synchronized void giveUp(String reason) {
        state.lost(reason);
    }

    /** Takes over a record that is durable now. On the writer's thread. */
    synchronized void durable(WalRecord record, long place) {
        state.apply(record, place);
        if (record.kind() == WalRecord.Kind.RESET || record.kind() == WalRecord.Kind.DISCARD) {
            mark = state.first();
        }
    }

    /** The record that says how the shard stands. */
    synchronized WalRecord stateRecord() {
        if (state.lostReason() != null) {
            return WalRecord.lost(shard, state.lostReason());
        }
        return WalRecord.state(shard, state.first(), state.entries().next());
    }

    /** The mark that callers see, if it is not durable yet; else null. */
    synchronized WalRecord pendingMark() {
        return state.lostReason() == null && mark > state.first()
                ? WalRecord.of(WalRecord.Kind.MARK, shard, mark)
                : null;
    }

    /** The oldest segment that the shard needs; {@code Long.MAX_VALUE} if none. */
    synchronized long firstSegmentNeeded() {
        return state.firstSegmentNeeded();
    }

    /** Stops answering entries from a segment and those before it. */
    synchronized void forget(long segment) {
        state.entries().dropThrough(segment);
    }
}
