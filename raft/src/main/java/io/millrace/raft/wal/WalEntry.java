package io.millrace.raft.wal;

import java.nio.ByteBuffer;

/**
 * One Raft log entry as the write-ahead log stores it.
 *
 * @param index Raft index, 1 or more
 * @param term Raft term, 1 or more
 * @param type the Raft library's entry type, opaque here
 * @param payload the entry's bytes between position and limit, opaque here; never changed by the
 *     log, and not to be changed by the caller until the append has returned
 */
public record WalEntry(long index, long term, byte type, ByteBuffer payload) {

    public WalEntry {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException(
                    "Raft index and term start at 1, got index " + index + ", term " + term);
        }
    }
}
