package io.millrace.raft.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Records as bytes: kind 1, type 1, zero 2, shard 4, index 8, term 8, payload length 4, CRC32C 4
 * over all the others and the payload, payload. Big-endian.
 */
final class RecordCodec {

    private static final int LENGTH_AT = 24;
    private static final int CHECKSUM_AT = 28;

    private RecordCodec() {}

    /** Writes a record at the buffer's position and answers its checksum. */
    static int encode(WalRecord record, ByteBuffer into) {
        int start = into.position();
        ByteBuffer payload = record.payload().duplicate();
        into.put(record.kind().code).put(record.type()).putShort((short) 0);
        into.putInt(record.shard()).putLong(record.index()).putLong(record.term());
        into.putInt(payload.remaining()).putInt(0).put(payload);
        int checksum = checksum(into, start, into.position() - start - WalRecord.HEADER_BYTES);
        into.putInt(start + CHECKSUM_AT, checksum);
        return checksum;
    }

    /** The length of the payload of the record whose header is at the position; not checked. */
    static int payloadLength(ByteBuffer from, int position) {
        return from.getInt(position + LENGTH_AT);
    }

    /** The checksum that the record at the position carries. */
    static int storedChecksum(ByteBuffer from, int position) {
        return from.getInt(position + CHECKSUM_AT);
    }

    /**
     * The record at a position, its payload a view of the buffer.
     *
     * @return null if it does not end by the limit or does not check out
     */
    static WalRecord decode(ByteBuffer from, int position, int limit) {
        if (limit - position < WalRecord.HEADER_BYTES) {
            return null;
        }
        int length = payloadLength(from, position);
        int payloadAt = position + WalRecord.HEADER_BYTES;
        WalRecord.Kind kind = WalRecord.Kind.of(from.get(position));
        if (kind == null
                || length < 0
                || length > limit - payloadAt
                || storedChecksum(from, position) != checksum(from, position, length)) {
            return null;
        }
        return new WalRecord(
                kind,
                from.getInt(position + 4),
                from.getLong(position + 8),
                from.getLong(position + 16),
                from.get(position + 1),
                from.slice(payloadAt, length));
    }

    private static int checksum(ByteBuffer bytes, int start, int payloadLength) {
        CRC32C crc = new CRC32C();
        ByteBuffer view = bytes.duplicate();
        crc.update(view.limit(start + CHECKSUM_AT).position(start));
        int payloadAt = start + WalRecord.HEADER_BYTES;
        crc.update(view.limit(payloadAt + payloadLength).position(payloadAt));
        return (int) crc.getValue();
    }
}
