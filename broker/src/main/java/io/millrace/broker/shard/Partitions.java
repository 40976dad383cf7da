package io.millrace.broker.shard;

import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.PartitionLogStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The partitions of a data shard. Changed by the apply thread, read by all. */
final class Partitions {

    private final PartitionLogStore store;
    private final ProducerLimits limits;
    private final ConcurrentMap<Long, Partition> byId = new ConcurrentHashMap<>();
    private final DeletedPartitions deleted = new DeletedPartitions();

    Partitions(PartitionLogStore store, ProducerLimits limits) {
        this.store = store;
        this.limits = limits;
    }

    /** The partition of an id, or null. */
    Partition get(long partitionId) {
        return byId.get(partitionId);
    }

    Collection<Partition> all() {
        return byId.values();
    }

    DeletedPartitions deleted() {
        return deleted;
    }

    /**
     * Opens everything that a checkpoint names.
     *
     * @throws IOException if a log is not what the checkpoint says
     */
    void restore(Manifest manifest) throws IOException {
        for (long id : manifest.deletedPartitions()) {
            deleted.add(id);
        }
        for (PartitionSnapshot snapshot : manifest.partitions()) {
            LogState state = snapshot.logState();
            PartitionLog log =
                    store.open(snapshot.partitionId(), snapshot.config().segmentLimits(), state);
            if (log.startOffset() != state.startOffset() || log.endOffset() != state.endOffset()) {
                throw new IOException(
                        "the log of partition "
                                + snapshot.partitionId()
                                + " holds the offsets "
                                + log.startOffset()
                                + " to "
                                + log.endOffset()
                                + ", the checkpoint says "
                                + state.startOffset()
                                + " to "
                                + state.endOffset());
            }
            byId.put(snapshot.partitionId(), new Partition(snapshot, log, limits));
        }
    }

    /**
     * Creates a partition that does not exist.
     *
     * @throws IOException if its log cannot be opened; nothing is changed then
     */
    Partition create(ShardCommand.CreatePartition create) throws IOException {
        PartitionLog log =
                store.open(create.partitionId(), create.config().segmentLimits(), LogState.EMPTY);
        Partition partition = new Partition(create, log, limits);
        byId.put(create.partitionId(), partition);
        return partition;
    }

    /** Removes a partition that exists. */
    void delete(Partition partition) {
        partition.delete();
        byId.remove(partition.partitionId());
        store.delete(partition.partitionId());
    }

    /** An immutable copy of all. */
    Manifest manifest(long appliedIndex, long leaderEpoch) {
        List<PartitionSnapshot> snapshots = new ArrayList<>(byId.size());
        for (Partition partition : byId.values()) {
            snapshots.add(partition.snapshot());
        }
        snapshots.sort(Comparator.comparingLong(PartitionSnapshot::partitionId));
        return new Manifest(appliedIndex, leaderEpoch, deleted.snapshot(), List.copyOf(snapshots));
    }
}
