package io.millrace.raft.wal;

import java.nio.ByteBuffer;

/**
 * What the journal writes in: whole blocks of a disk, from and to block borders. So a torn write
 * never hurts what was written before, and writes can go past the page cache.
 */
final class Block {

    static final int BYTES = 4096;

    private Block() {}

    /** The next block border. */
    static int aligned(int bytes) {
        return (bytes + BYTES - 1) & -BYTES;
    }

    /**
     * A direct buffer of zeroes for so many bytes, in whole blocks, that begins at a block border
     * of the memory, as disks want it.
     */
    static ByteBuffer allocate(int bytes) {
        int whole = aligned(bytes);
        return ByteBuffer.allocateDirect(whole + BYTES).alignedSlice(BYTES).slice(0, whole);
    }
}
