package io.millrace.raft.transport;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A piece of a checkpoint.
 *
 * @param totalBytes how long the whole is
 * @param data the piece; empty only at the end
 * @param crc32c its checksum
 */
public record CheckpointChunk(long totalBytes, ByteBuffer data, int crc32c) {

    /** The largest piece that is sent at once. */
    public static final int MAX_BYTES = 1 << 20;

    /** A piece with its checksum. */
    public static CheckpointChunk of(long totalBytes, ByteBuffer data) {
        return new CheckpointChunk(totalBytes, data, checksum(data));
    }

    /** Whether the piece is what was sent. */
    public boolean isIntact() {
        return checksum(data) == crc32c;
    }

    private static int checksum(ByteBuffer data) {
        CRC32C crc = new CRC32C();
        crc.update(data.duplicate());
        return (int) crc.getValue();
    }
}
