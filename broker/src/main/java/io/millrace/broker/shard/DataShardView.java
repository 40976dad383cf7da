package io.millrace.broker.shard;

import java.util.Collection;

/** A data shard as readers see it. Thread-safe; no method blocks. */
public interface DataShardView {

    /** The shard's number. */
    int shardId();

    /** A partition by its id; null if it is not here. */
    PartitionView partition(long partitionId);

    /** All partitions of the shard, in no order. A view of the moment. */
    Collection<PartitionView> partitions();

    /** Whether a partition of this id was deleted here: it never comes back. */
    boolean isDeleted(long partitionId);

    /** The epoch of the leader whose entry was applied last; 0 if there was none. */
    long leaderEpoch();

    /** The Raft index of the entry applied last; 0 if there was none. */
    long appliedIndex();

    /** Why nothing is applied at the moment; empty if all is well. */
    String pauseReason();

    /** Calls the listener from now on. */
    void addListener(DataShardListener listener);

    /** Stops the calls. */
    void removeListener(DataShardListener listener);
}
