package io.millrace.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file in its present life as a segment. Thread-safe; who reads it holds it by {@link #acquire},
 * else it may be given another life meanwhile.
 */
final class Segment {

    private final SegmentFile slot;
    private final SegmentHeader header;
    private final AtomicInteger readers = new AtomicInteger();

    Segment(SegmentFile slot, SegmentHeader header) {
        this.slot = slot;
        this.header = header;
    }

    SegmentFile slot() {
        return slot;
    }

    SegmentHeader header() {
        return header;
    }

    long number() {
        return header.number();
    }

    WalFile file() {
        return slot.file();
    }

    /** The file's length in bytes. */
    int bytes() {
        return slot.bytes();
    }

    void acquire() {
        readers.incrementAndGet();
    }

    void release() {
        readers.decrementAndGet();
    }

    boolean isRead() {
        return readers.get() > 0;
    }

    /**
     * Reads the entry at an offset into a heap copy.
     *
     * @throws IOException if it cannot be read, or is not the entry that is meant
     */
    WalEntry readEntry(int offset, int shard, long index) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(WalRecord.HEADER_BYTES);
        file().read(head, offset);
        int length = RecordCodec.payloadLength(head, 0);
        WalRecord record = null;
        if (length >= 0 && length <= bytes() - offset - WalRecord.HEADER_BYTES) {
            ByteBuffer whole = ByteBuffer.allocate(WalRecord.HEADER_BYTES + length);
            whole.put(head.flip());
            file().read(whole, offset + (long) WalRecord.HEADER_BYTES);
            record = RecordCodec.decode(whole, 0, whole.capacity());
        }
        if (record == null
                || record.kind() != WalRecord.Kind.ENTRY
                || record.shard() != shard
                || record.index() != index) {
            throw new IOException(
                    "entry "
                            + index
                            + " of shard "
                            + shard
                            + " is damaged: "
                            + file()
                            + " at byte "
                            + offset);
        }
        return new WalEntry(index, record.term(), record.type(), record.payload());
    }
}
