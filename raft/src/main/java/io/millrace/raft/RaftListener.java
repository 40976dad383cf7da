package io.millrace.raft;

/**
 * Hears what the replicated log does, for metrics and for the broker's survival. Called on its own
 * threads: must not block or throw.
 */
public interface RaftListener {

    /**
     * A group of entries was written and forced.
     *
     * @param entries Raft entries in it, of all shards
     * @param bytes bytes written, with headers
     * @param writeNanos how long the write took
     * @param forceNanos how long the force took
     */
    default void walForced(int entries, long bytes, long writeNanos, long forceNanos) {}

    /**
     * An entry of a shard's log was asked for that the Raft library had in memory no more: to be
     * sent to a follower that lags, for its term, or to be applied after a restart.
     *
     * @param fromDisk whether the disk had to be read
     * @param bytes the entry's payload
     */
    default void entryRead(boolean fromDisk, int bytes) {}

    /**
     * A replica that follows took no entries from its leader, which sends them again: it holds as
     * many as it may that are not written and applied, or the write-ahead log is full.
     */
    default void appendRefused(int shard) {}

    /** The journal or a vote file failed; the process must exit, since a force is never retried. */
    default void fatal(String what, Throwable cause) {}

    /**
     * A write or force of the write-ahead log has been under way for longer than the election
     * timeout: the disk hangs, and this broker gives its leaderships away. After ten times as long,
     * {@link #fatal} is called.
     *
     * @param nanos for how long so far
     */
    default void stalled(long nanos) {}

    /** The disk that had {@link #stalled} works again. */
    default void recovered() {}

    /**
     * The write-ahead log cannot allocate its next segment, or can again. What is allocated ahead
     * still takes what is under way; new writes should be refused meanwhile.
     *
     * @param problem why not; empty once it can
     */
    default void walSpaceChanged(String problem) {}

    /** The shard's part of the write-ahead log is lost: its replica here must be rebuilt. */
    default void shardLost(int shard, String reason) {}

    /**
     * Who leads a shard may have changed, as far as its replica here knows; {@link Shard#standing}
     * and {@link Shard#leadingTerm} tell. It comes after what the replica was applying: who must
     * not wait for that looks from time to time, too.
     */
    default void leaderChanged(int shard) {}

    /** A checkpoint is durable. */
    default void checkpointed(int shard, long index, long nanos, long manifestBytes) {}

    /** A checkpoint failed; the one before stays, and the write-ahead log keeps growing. */
    default void checkpointFailed(int shard, String reason) {}
}
