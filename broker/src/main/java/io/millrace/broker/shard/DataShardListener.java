package io.millrace.broker.shard;

import io.millrace.broker.queue.QueueKey;

/** Hears what becomes of a data shard. Called on the apply thread: must not block or throw. */
public interface DataShardListener {

    /** Hears nothing. */
    DataShardListener NONE = new DataShardListener() {};

    /** A partition exists from now on, by a command or because a checkpoint has it. */
    default void partitionCreated(PartitionView partition) {}

    /** A partition has other settings. */
    default void partitionConfigured(PartitionView partition) {}

    /** A partition's log start moved up. */
    default void partitionTrimmed(PartitionView partition) {}

    /** A partition is gone; its readers are to end. */
    default void partitionDeleted(PartitionView partition) {}

    /**
     * A group is another than before, or gone, by a command or because a checkpoint says so; at the
     * start all are told. {@link DataShardView#groups} has it.
     */
    default void groupChanged(long groupId) {}

    /**
     * A queue is another than before, or gone, by a command or because a checkpoint says so; at the
     * start all are told. {@link DataShardView#queue} has it.
     */
    default void queueChanged(QueueKey key) {}

    /** This broker leads the shard and has applied all that was committed before. */
    default void leaderStarted(long term) {}

    /** This broker does not lead the shard any more. */
    default void leaderStopped() {}

    /**
     * This replica misses records since now, or since the start: what it took over from another
     * replica's checkpoint, or what it had to give up as corrupt. They are to be fetched. Called by
     * the thread that has found it.
     */
    default void recordsMissing() {}

    /**
     * The disk is full; the shard waits and applies nothing. Reads go on. A leader should hand over
     * and writes should be refused meanwhile.
     */
    default void applyPaused(String reason) {}

    /** There is room again; the shard goes on where it stopped. */
    default void applyResumed() {}

    /** The shard stopped for good, until a restart. */
    default void failed(String reason) {}
}
