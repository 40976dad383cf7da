package io.millrace.raft.wal;

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
        long lastGroupShards) {}
