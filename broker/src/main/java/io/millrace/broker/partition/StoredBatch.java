package io.millrace.broker.partition;

import java.nio.ByteBuffer;

/**
 * One record batch in its place in a partition log.
 *
 * @param baseOffset the offset of its first record
 * @param recordCount how many records it holds, 1 or more
 * @param raftIndex the Raft index of the entry that brought it
 * @param leaderEpoch the epoch of the leader that stored it (the entry's Raft term)
 * @param appendTimeMs the leader's time stamp, milliseconds since 1970 UTC; never goes back in a
 *     partition
 * @param batch the bytes as the publisher sent them, between position and limit; neither they nor
 *     these are to be changed, others may have the same buffer
 */
public record StoredBatch(
        long baseOffset,
        int recordCount,
        long raftIndex,
        long leaderEpoch,
        long appendTimeMs,
        ByteBuffer batch) {

    /** The offset after its last record. */
    public long endOffset() {
        return baseOffset + recordCount;
    }
}
