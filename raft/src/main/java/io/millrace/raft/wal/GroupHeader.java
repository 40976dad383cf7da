package io.millrace.raft.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The head of a group. Immutable.
 *
 * @param nonce the segment's
 * @param number consecutive over all segments: the chain
 * @param length bytes of its records
 * @param shards which shards have records in it, see {@link #shardBit}
 * @param shardsBefore the same of the group before, so that when one group cannot be read, the next
 *     one says whom it concerned
 * @param recordsChecksum over the checksums of its records
 */
record GroupHeader(
        long nonce, long number, int length, long shards, long shardsBefore, int recordsChecksum) {

    static final int BYTES = 48;

    private static final int MAGIC = 0x4d52_4752; // MRGR

    /** One of 64 bits that stands for a shard, and for others whose number has the same rest. */
    static long shardBit(int shard) {
        return 1L << (shard & 63);
    }

    /** Bytes on disk, with header and padding. */
    int totalBytes() {
        return Block.aligned(BYTES + length);
    }

    void encode(ByteBuffer into, int position) {
        into.putInt(position, MAGIC);
        into.putInt(position + 4, length);
        into.putLong(position + 8, nonce);
        into.putLong(position + 16, number);
        into.putLong(position + 24, shards);
        into.putLong(position + 32, shardsBefore);
        into.putInt(position + 40, recordsChecksum);
        into.putInt(position + 44, checksum(into, position));
    }

    /** The header at a position of the buffer, or null if there is none that checks out. */
    static GroupHeader decode(ByteBuffer from, int position) {
        if (from.limit() - position < BYTES
                || from.getInt(position) != MAGIC
                || from.getInt(position + 4) < 0
                || from.getInt(position + 44) != checksum(from, position)) {
            return null;
        }
        return new GroupHeader(
                from.getLong(position + 8),
                from.getLong(position + 16),
                from.getInt(position + 4),
                from.getLong(position + 24),
                from.getLong(position + 32),
                from.getInt(position + 40));
    }

    private static int checksum(ByteBuffer bytes, int position) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(position + BYTES - 4).position(position));
        return (int) crc.getValue();
    }
}
