package io.millrace.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The head of a segment file, written twice, each copy in a block of its own: if it rots, a whole
 * segment of acknowledged entries would look like one that was never used. Immutable.
 *
 * @param number consecutive; segments are written and recycled in this order
 * @param firstGroup the number of its first group
 * @param previousEnd the byte at which the segment before it ended; 0 for the first of all
 * @param oldestNeeded the oldest segment that was still needed when this one was begun
 * @param nonce random, repeated in every group of this life of the file, so that neither the file's
 *     old bytes nor a payload can pass for a group
 */
record SegmentHeader(long number, long firstGroup, int previousEnd, long oldestNeeded, long nonce) {

    /** Where the groups begin. */
    static final int DATA_START = 2 * Block.BYTES;

    private static final int SECOND_COPY = Block.BYTES;
    private static final int BYTES = 64;
    private static final long MAGIC = 0x4d52_5741_4c53_4547L; // MRWALSEG
    private static final int FORMAT = 2;

    void write(WalFile file) throws IOException {
        ByteBuffer both = Block.allocate(DATA_START);
        both.put(encode()).position(SECOND_COPY).put(encode());
        file.write(both.clear(), 0);
    }

    /**
     * The newest header that checks out. A torn write leaves the file's earlier one in a copy.
     *
     * @return null if there is none
     * @throws IOException if it cannot be read, or the format is another one
     */
    static SegmentHeader read(WalFile file) throws IOException {
        SegmentHeader first = read(file, 0);
        SegmentHeader second = read(file, SECOND_COPY);
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return first.number >= second.number ? first : second;
    }

    /** Whether the file was never used: nothing but zeroes where the headers belong. */
    static boolean isBlank(WalFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(DATA_START);
        file.read(bytes, 0);
        for (byte b : bytes.array()) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static SegmentHeader read(WalFile file, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        file.read(bytes, position);
        return decode(bytes.flip(), file);
    }

    private ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC).putInt(FORMAT).putInt(previousEnd);
        bytes.putLong(number).putLong(firstGroup).putLong(oldestNeeded).putLong(nonce);
        bytes.position(BYTES - 4);
        return bytes.putInt(checksum(bytes)).flip();
    }

    private static SegmentHeader decode(ByteBuffer bytes, WalFile file) throws IOException {
        if (bytes.getLong(0) != MAGIC || bytes.getInt(BYTES - 4) != checksum(bytes)) {
            return null;
        }
        int format = bytes.getInt(8);
        if (format != FORMAT) {
            throw new IOException(
                    file
                            + " has write-ahead log format "
                            + format
                            + ", this version reads "
                            + FORMAT
                            + "; start the version that wrote it");
        }
        return new SegmentHeader(
                bytes.getLong(16),
                bytes.getLong(24),
                bytes.getInt(12),
                bytes.getLong(32),
                bytes.getLong(40));
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(BYTES - 4));
        return (int) crc.getValue();
    }
}
