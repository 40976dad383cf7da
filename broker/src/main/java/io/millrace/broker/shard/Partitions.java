package io.millrace.broker.shard;

import io.millrace.broker.partition.DamagePolicy;
import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.PartitionLogStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

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
     * @param damage what becomes of segments that are visibly damaged
     * @throws IOException if a log is not what the checkpoint says
     */
    void restore(Manifest manifest, DamagePolicy damage) throws IOException {
        for (long id : manifest.deletedPartitions()) {
            deleted.add(id);
        }
        for (PartitionSnapshot snapshot : manifest.partitions()) {
            LogState state = snapshot.logState();
            PartitionLog log =
                    store.open(
                            snapshot.partitionId(),
                            snapshot.config().segmentLimits(),
                            state,
                            damage);
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
     * Takes over the state of another replica, which is ahead of this one.
     *
     * @param tell hears what has changed
     * @throws IOException if the state cannot follow the present one; the shard must stop
     */
    void install(Manifest theirs, Consumer<Consumer<DataShardListener>> tell) throws IOException {
        Set<Long> kept = new HashSet<>();
        theirs.partitions().forEach(snapshot -> kept.add(snapshot.partitionId()));
        deleted.replace(theirs.deletedPartitions());
        for (Partition partition : List.copyOf(byId.values())) {
            if (!kept.contains(partition.partitionId())) {
                requireDeleted(partition, theirs);
                delete(partition);
                tell.accept(listener -> listener.partitionDeleted(partition));
            }
        }
        for (PartitionSnapshot snapshot : theirs.partitions()) {
            install(snapshot, tell);
        }
    }

    /** Nothing is deleted because nobody knows of it. */
    private void requireDeleted(Partition partition, Manifest theirs) throws IOException {
        boolean mayBeForgotten = theirs.deletedPartitions().length >= DeletedPartitions.MAX;
        if (!deleted.contains(partition.partitionId()) && !mayBeForgotten) {
            throw new IOException(
                    "the checkpoint of another replica neither has partition "
                            + partition.partitionId()
                            + " nor says that it was deleted");
        }
    }

    private void install(PartitionSnapshot snapshot, Consumer<Consumer<DataShardListener>> tell)
            throws IOException {
        Partition present = byId.get(snapshot.partitionId());
        if (present == null) {
            PartitionLog log =
                    store.open(
                            snapshot.partitionId(),
                            snapshot.config().segmentLimits(),
                            snapshot.logState());
            Partition partition = new Partition(snapshot, log, limits);
            byId.put(snapshot.partitionId(), partition);
            tell.accept(listener -> listener.partitionCreated(partition));
            return;
        }
        long start = present.log().startOffset();
        present.install(snapshot);
        tell.accept(listener -> listener.partitionConfigured(present));
        if (present.log().startOffset() != start) {
            tell.accept(listener -> listener.partitionTrimmed(present));
        }
    }

    /** How many records are missing in all logs. Called by any thread. */
    long missingRecords() {
        long missing = 0;
        for (Partition partition : byId.values()) {
            for (OffsetRange hole : partition.log().holes()) {
                missing += hole.count();
            }
        }
        return missing;
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

    /** An immutable copy of all, with that of the groups. */
    Manifest manifest(long appliedIndex, long leaderEpoch, ShardGroups groups) {
        List<PartitionSnapshot> snapshots = new ArrayList<>(byId.size());
        for (Partition partition : byId.values()) {
            snapshots.add(partition.snapshot());
        }
        snapshots.sort(Comparator.comparingLong(PartitionSnapshot::partitionId));
        return new Manifest(
                appliedIndex,
                leaderEpoch,
                deleted.snapshot(),
                List.copyOf(snapshots),
                groups.table(),
                groups.queueSnapshot());
    }
}
