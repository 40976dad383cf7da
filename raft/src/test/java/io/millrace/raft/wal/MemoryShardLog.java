package io.millrace.raft.wal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;

/** A shard's log that forgets nothing but with the process, for tests above the journal. */
public class MemoryShardLog implements ShardLog {

    private final int shard;
    private final TreeMap<Long, WalEntry> entries = new TreeMap<>();
    private long first = 1;
    private long next = 1;

    /** An empty log. */
    public MemoryShardLog(int shard) {
        this.shard = shard;
    }

    @Override
    public int shard() {
        return shard;
    }

    @Override
    public synchronized long firstIndex() {
        return first;
    }

    @Override
    public synchronized long lastIndex() {
        return next - 1;
    }

    @Override
    public synchronized void append(List<WalEntry> added) {
        long expected = next;
        for (WalEntry entry : added) {
            if (entry.index() != expected) {
                throw new IllegalArgumentException(
                        "shard " + shard + " expects entry " + expected + ", got " + entry.index());
            }
            expected++;
        }
        for (WalEntry entry : added) {
            ByteBuffer copy = ByteBuffer.allocate(entry.payload().remaining());
            copy.put(entry.payload().duplicate()).flip();
            entries.put(
                    entry.index(), new WalEntry(entry.index(), entry.term(), entry.type(), copy));
        }
        next = expected;
    }

    @Override
    public synchronized WalEntry read(long index) {
        WalEntry entry = entries.get(index);
        return entry == null
                ? null
                : new WalEntry(index, entry.term(), entry.type(), entry.payload().duplicate());
    }

    @Override
    public synchronized long term(long index) {
        WalEntry entry = entries.get(index);
        return entry == null ? 0 : entry.term();
    }

    @Override
    public synchronized void truncatePrefix(long firstIndexKept) {
        if (firstIndexKept <= first) {
            return;
        }
        first = firstIndexKept;
        if (first > next) {
            entries.clear();
            next = first;
        }
    }

    @Override
    public synchronized void truncateSuffix(long lastIndexKept) {
        if (lastIndexKept < first - 1) {
            throw new IllegalArgumentException(
                    "shard "
                            + shard
                            + " begins at entry "
                            + first
                            + " and cannot be cut back to "
                            + lastIndexKept);
        }
        if (lastIndexKept < next - 1) {
            entries.tailMap(lastIndexKept, false).clear();
            next = lastIndexKept + 1;
        }
    }

    @Override
    public synchronized void reset(long nextIndex) {
        entries.clear();
        first = nextIndex;
        next = nextIndex;
    }
}
