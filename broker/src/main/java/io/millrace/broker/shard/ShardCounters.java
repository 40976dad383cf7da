package io.millrace.broker.shard;

import io.millrace.protocol.error.ErrorCode;

/**
 * Hears what a data shard does, for metrics. Called on the hot path by several threads: must be
 * cheap, thread-safe and neither block nor throw.
 */
public interface ShardCounters {

    /** Counts nothing. */
    ShardCounters NONE = new ShardCounters() {};

    /** Batches of an entry went into one partition's log. */
    default void appended(int batches, long records, long bytes) {}

    /** A batch had been stored before. */
    default void duplicate() {}

    /** A batch was refused, before it was proposed or when it was applied. */
    default void refused(ErrorCode code) {}

    /** Batches that had waited together were proposed as one entry. */
    default void proposed(int batches, long bytes) {}

    /** An entry was met that makes no sense to this version. */
    default void unreadableEntry() {}
}
