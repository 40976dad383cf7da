package io.millrace.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file of the journal. Reads may come from any thread, writes and forces from one thread
 * at a time. What was written survives the process; it survives a power cut only once forced.
 */
interface WalFile extends AutoCloseable {

    /** The file's length in bytes. */
    long size() throws IOException;

    /**
     * Fills the buffer from a position of the file. Blocks.
     *
     * @throws java.io.EOFException if the file ends before the buffer is full
     */
    void read(ByteBuffer into, long position) throws IOException;

    /**
     * Writes all that remains in the buffer at a position of the file: whole {@link Block}s, from a
     * border on. Blocks.
     *
     * @throws IllegalArgumentException if it would begin or end elsewhere
     */
    void write(ByteBuffer from, long position) throws IOException;

    /** Makes everything written before durable. Must never be tried again when it fails. */
    void force() throws IOException;

    @Override
    void close() throws IOException;

    /** To be called first by every write. */
    static void checkBlocks(ByteBuffer from, long position) {
        if (position % Block.BYTES != 0 || from.remaining() % Block.BYTES != 0) {
            throw new IllegalArgumentException(
                    from.remaining() + " bytes at byte " + position + " are not whole blocks");
        }
    }
}
