package io.millrace.broker.shard;

import io.millrace.broker.group.GroupTable;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueTable;
import java.util.Collection;
import java.util.SortedMap;

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

    /** The groups of the shard, as of the entry applied last. Immutable. */
    GroupTable groups();

    /**
     * What a group in queue mode has done of a partition; null if there is no such queue here.
     * Immutable.
     */
    QueueProgress queue(QueueKey key);

    /** Whether a queue is to be delivered with restraint: see {@link QueueTable#isCrowded}. */
    boolean isCrowded(QueueKey key);

    /** The queues of a partition, by rising group. A copy of the moment. */
    SortedMap<QueueKey, QueueProgress> queues(long partitionId);

    /** The epoch of the leader whose entry was applied last; 0 if there was none. */
    long leaderEpoch();

    /** The Raft index of the entry applied last; 0 if there was none. */
    long appliedIndex();

    /**
     * How many records this replica misses: at least 1 as long as it is not whole. Which ones, the
     * logs say.
     */
    long missingRecords();

    /** Whether all records are here, and a durable checkpoint says so: a crash changes nothing. */
    boolean isWhole();

    /**
     * Hears what a reader has found. If other replicas have the records, the segment is given up:
     * its offsets are a hole from now on and will be fetched.
     *
     * @return whether that was done, so that others are to be asked for them
     */
    boolean corruptionFound(long partitionId, CorruptLogException found);

    /** Why nothing is applied at the moment; empty if all is well. */
    String pauseReason();

    /** Calls the listener from now on. */
    void addListener(DataShardListener listener);

    /** Stops the calls. */
    void removeListener(DataShardListener listener);
}
