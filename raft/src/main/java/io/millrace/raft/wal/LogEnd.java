package io.millrace.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the journal ends and goes on.
 *
 * @param active the newest segment; null in a new log
 * @param position the byte in it at which the next group begins; 0 in a new log
 * @param nextGroup the next group's number
 * @param lastGroup the segment of the last group; null if there is none
 * @param lastGroupPosition the byte at which the last group begins
 * @param lastGroupBytes the last group's bytes on disk
 * @param lastGroupShards the shards in the last group, see {@link GroupHeader#shardBit}
 */
record LogEnd(
        Segment active,
        int position,
        long nextGroup,
        Segment lastGroup,
        int lastGroupPosition,
        int lastGroupBytes,
        long lastGroupShards) {

    private static final int ZEROES_BYTES = 1 << 20;

    /**
     * Makes the end durable, before anybody counts on it. What was just read may have come from the
     * page cache and not be on the disk, if the force of the earlier life failed or never came. So
     * it is written again and forced; and zeroes are written over whatever a torn write has left
     * behind.
     */
    void makeDurable() throws IOException {
        if (active == null) {
            return;
        }
        active.header().write(active.file());
        if (lastGroup != null) {
            lastGroup
                    .file()
                    .write(
                            new GroupReader(lastGroup).bytes(lastGroupPosition, lastGroupBytes),
                            lastGroupPosition);
            if (lastGroup != active) {
                lastGroup.file().force();
            }
        }
        ByteBuffer zeroes = Block.allocate(ZEROES_BYTES);
        for (int at = position; at < active.bytes(); at += ZEROES_BYTES) {
            int step = Math.min(ZEROES_BYTES, active.bytes() - at);
            active.file().write(zeroes.duplicate().limit(step), at);
        }
        active.file().force();
    }
}
