package io.millrace.raft.jraft;

import io.millrace.raft.RaftListener;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalEntry;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries that a broker's logs have appended or read last, of all shards together, bounded in
 * bytes: jraft lets go of an entry that is applied, and asks again for a follower that lags, and
 * with each request for the one before it, to know its term. Thread-safe; blocks only to read the
 * disk, and never holds the lock meanwhile.
 */
final class RecentEntries {

    /** What an entry takes besides its payload, about. */
    private static final int OVERHEAD = 160;

    private final long maxBytes;
    private final RaftListener listener;

    /** Oldest first. */
    private final Map<Key, WalEntry> entries = new LinkedHashMap<>();

    private long bytes;
    private long cuts;

    /**
     * @param reader of whose log: it is another one after a shard was removed and came back
     */
    private record Key(Object reader, long index) {}

    RecentEntries(long maxBytes, RaftListener listener) {
        this.maxBytes = maxBytes;
        this.listener = listener;
    }

    /** Keeps nothing. */
    static RecentEntries none() {
        return new RecentEntries(0, new RaftListener() {});
    }

    /** Takes over what is durable now. The payloads are not to be changed any more. */
    synchronized void appended(Object reader, List<WalEntry> added) {
        added.forEach(entry -> put(reader, entry));
    }

    /** Forgets what is after an index; to be called once the log has. */
    synchronized void cut(Object reader, long lastKept) {
        cuts++;
        Iterator<Map.Entry<Key, WalEntry>> each = entries.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Key, WalEntry> entry = each.next();
            if (entry.getKey().reader() == reader && entry.getKey().index() > lastKept) {
                bytes -= cost(entry.getValue());
                each.remove();
            }
        }
    }

    /** Tells that an entry was asked for which the caller has. */
    WalEntry found(WalEntry entry) {
        listener.entryRead(false, entry.payload().remaining());
        return entry;
    }

    /**
     * The entry, from memory or else from the log.
     *
     * @return null as {@link ShardLog#read}
     */
    WalEntry read(Object reader, ShardLog log, long index) {
        WalEntry kept;
        long cutsBefore;
        synchronized (this) {
            kept = entries.get(new Key(reader, index));
            cutsBefore = cuts;
        }
        if (kept != null) {
            return found(kept);
        }
        WalEntry stored = log.read(index);
        if (stored != null) {
            listener.entryRead(true, stored.payload().remaining());
            keep(reader, stored, cutsBefore);
        }
        return stored;
    }

    /** Not if a log was cut meanwhile: the entry may be one of those that are gone. */
    private synchronized void keep(Object reader, WalEntry stored, long cutsBefore) {
        if (cuts == cutsBefore) {
            put(reader, stored);
        }
    }

    private void put(Object reader, WalEntry entry) {
        WalEntry before = entries.put(new Key(reader, entry.index()), entry);
        bytes += cost(entry) - (before == null ? 0 : cost(before));
        Iterator<WalEntry> oldest = entries.values().iterator();
        while (bytes > maxBytes) {
            bytes -= cost(oldest.next());
            oldest.remove();
        }
    }

    private static long cost(WalEntry entry) {
        return OVERHEAD + entry.payload().remaining();
    }

    synchronized long bytes() {
        return bytes;
    }
}
