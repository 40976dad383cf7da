package io.millrace.broker.partition;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What an excerpt of a segment holds: a header, an entry for each batch, then the batches.
 *
 * <pre>
 * header  crc32c of header and entries (4), magic (4), partition id (8), segment number (8),
 *         base offset (8), batch count (4)
 * entry   record count (4), length (4), Raft index (8), leader epoch (8), append time (8),
 *         crc32c of the batch (4)
 * </pre>
 *
 * <p>Header and batches have checksums of their own, so that a search does not read the batches.
 * Partition and segment are in it so that bytes in the wrong place are noticed. Big endian.
 */
final class ExcerptFormat {

    static final int HEADER_BYTES = 36;
    static final int ENTRY_BYTES = 36;

    /** More batches than this go into the next excerpt. */
    static final int MAX_BATCHES = 1024;

    private static final int MAGIC = 0x4d4c5831;
    private static final int CRC_BYTES = 4;

    private final long partitionId;
    private final long segmentNumber;

    ExcerptFormat(long partitionId, long segmentNumber) {
        this.partitionId = partitionId;
        this.segmentNumber = segmentNumber;
    }

    /** What the excerpt takes besides the bytes of its batches. */
    static int overheadBytes(int batches) {
        return HEADER_BYTES + batches * ENTRY_BYTES;
    }

    /** Bytes that are needed to know the length of header and entries. */
    static int headBytes(ByteBuffer header) throws CorruptExcerptException {
        if (header.remaining() < HEADER_BYTES) {
            throw new CorruptExcerptException("it has only " + header.remaining() + " bytes");
        }
        int at = header.position();
        if (header.getInt(at + CRC_BYTES) != MAGIC) {
            throw new CorruptExcerptException("it does not begin as an excerpt");
        }
        int count = header.getInt(at + HEADER_BYTES - 4);
        if (count < 1 || count > MAX_BATCHES) {
            throw new CorruptExcerptException("its batch count is " + count);
        }
        return overheadBytes(count);
    }

    /** Header and entries for batches that follow each other. */
    ByteBuffer encodeHead(List<StoredBatch> batches) {
        ByteBuffer head = ByteBuffer.allocate(overheadBytes(batches.size()));
        head.position(CRC_BYTES);
        head.putInt(MAGIC)
                .putLong(partitionId)
                .putLong(segmentNumber)
                .putLong(batches.get(0).baseOffset())
                .putInt(batches.size());
        for (StoredBatch batch : batches) {
            head.putInt(batch.recordCount())
                    .putInt(batch.batch().remaining())
                    .putLong(batch.raftIndex())
                    .putLong(batch.leaderEpoch())
                    .putLong(batch.appendTimeMs())
                    .putInt(crc(batch.batch().duplicate()));
        }
        head.putInt(0, crc(head.duplicate().flip().position(CRC_BYTES)));
        return head.flip();
    }

    /** Reads and checks header and entries; the buffer may hold more behind them. */
    Head decodeHead(ByteBuffer excerpt) throws CorruptExcerptException {
        int length = headBytes(excerpt);
        if (excerpt.remaining() < length) {
            throw new CorruptExcerptException("it ends within its header");
        }
        ByteBuffer head = excerpt.slice(excerpt.position(), length);
        if (head.getInt() != crc(head.duplicate())) {
            throw new CorruptExcerptException("its header does not match its checksum");
        }
        head.getInt();
        long partition = head.getLong();
        long segment = head.getLong();
        if (partition != partitionId || segment != segmentNumber) {
            throw new CorruptExcerptException(
                    "it belongs to partition " + partition + ", segment " + segment);
        }
        long offset = head.getLong();
        int count = head.getInt();
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Entry entry =
                    new Entry(
                            offset,
                            head.getInt(),
                            head.getInt(),
                            head.getLong(),
                            head.getLong(),
                            head.getLong(),
                            head.getInt());
            entries.add(entry);
            offset = entry.endOffset();
        }
        return new Head(entries);
    }

    /** Reads and checks a whole excerpt; the batches are slices of the buffer. */
    List<StoredBatch> decode(ByteBuffer excerpt) throws CorruptExcerptException {
        Head head = decodeHead(excerpt);
        List<StoredBatch> batches = new ArrayList<>(head.entries().size());
        int at = excerpt.position() + overheadBytes(head.entries().size());
        for (Entry entry : head.entries()) {
            if (entry.length() < 0 || entry.length() > excerpt.limit() - at) {
                throw new CorruptExcerptException("it ends within a batch");
            }
            ByteBuffer batch = excerpt.slice(at, entry.length());
            if (crc(batch.duplicate()) != entry.crc()) {
                throw new CorruptExcerptException(
                        "the batch at offset "
                                + entry.baseOffset()
                                + " does not match its checksum");
            }
            batches.add(entry.stored(batch));
            at += entry.length();
        }
        if (at != excerpt.limit()) {
            throw new CorruptExcerptException("it is longer than its batches");
        }
        return batches;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** The entries of one excerpt, one or more. */
    record Head(List<Entry> entries) {

        long baseOffset() {
            return entries.get(0).baseOffset();
        }

        long endOffset() {
            return last().endOffset();
        }

        long lastAppendTimeMs() {
            return last().appendTimeMs();
        }

        private Entry last() {
            return entries.get(entries.size() - 1);
        }
    }

    /** What is kept of a batch besides its bytes. */
    record Entry(
            long baseOffset,
            int recordCount,
            int length,
            long raftIndex,
            long leaderEpoch,
            long appendTimeMs,
            int crc) {

        long endOffset() {
            return baseOffset + recordCount;
        }

        StoredBatch stored(ByteBuffer batch) {
            return new StoredBatch(
                    baseOffset, recordCount, raftIndex, leaderEpoch, appendTimeMs, batch);
        }
    }

    /** An excerpt is not what was written; the message goes after "the excerpt is corrupt: ". */
    static final class CorruptExcerptException extends Exception {

        private static final long serialVersionUID = 1L;

        CorruptExcerptException(String message) {
            super(message);
        }
    }
}
