package io.millrace.broker.shard;

import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.StoredBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One partition of a data shard. Changed by the apply thread only; what {@link PartitionView} shows
 * may be read by all.
 */
final class Partition implements PartitionView {

    private final long partitionId;
    private final long topicId;
    private final int partition;
    private final PartitionLog log;
    private final ProducerLimits limits;

    /** Batches of the present entry that are checked and not in the log yet. */
    private List<StoredBatch> pending = new ArrayList<>();

    private volatile PartitionConfig config;
    private volatile long placementVersion;
    private volatile TrimMark trimMark;
    private volatile boolean deleted;

    private ProducerTable producers;
    private long lastAppendTimeMs;
    private PartitionSnapshot lastSnapshot;
    private boolean changed = true;

    /** A new partition. */
    Partition(ShardCommand.CreatePartition create, PartitionLog log, ProducerLimits limits) {
        this.partitionId = create.partitionId();
        this.topicId = create.topicId();
        this.partition = create.partition();
        this.config = create.config();
        this.placementVersion = create.placementVersion();
        this.log = log;
        this.limits = limits;
        this.producers = new ProducerTable(limits);
    }

    /** A partition as a checkpoint has it. */
    Partition(PartitionSnapshot snapshot, PartitionLog log, ProducerLimits limits) {
        this.partitionId = snapshot.partitionId();
        this.topicId = snapshot.topicId();
        this.partition = snapshot.partition();
        this.config = snapshot.config();
        this.placementVersion = snapshot.placementVersion();
        this.trimMark = snapshot.trimMark();
        this.lastAppendTimeMs = snapshot.lastAppendTimeMs();
        this.log = log;
        this.limits = limits;
        this.producers = new ProducerTable(limits, snapshot.producers());
        this.lastSnapshot = snapshot;
        this.changed = false;
    }

    @Override
    public long partitionId() {
        return partitionId;
    }

    @Override
    public long topicId() {
        return topicId;
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public PartitionConfig config() {
        return config;
    }

    @Override
    public long placementVersion() {
        return placementVersion;
    }

    @Override
    public PartitionLog log() {
        return log;
    }

    @Override
    public Optional<TrimMark> trimMark() {
        return Optional.ofNullable(trimMark);
    }

    @Override
    public boolean exists() {
        return !deleted;
    }

    ProducerTable producers() {
        return producers;
    }

    /** The offset that the next record gets, with what is pending. */
    long nextOffset() {
        return pending.isEmpty() ? log.endOffset() : pending.get(pending.size() - 1).endOffset();
    }

    /**
     * Adds a batch to what goes into the log together.
     *
     * @return whether it is the first one
     */
    boolean addPending(StoredBatch batch) {
        pending.add(batch);
        lastAppendTimeMs = batch.appendTimeMs();
        changed = true;
        return pending.size() == 1;
    }

    /** Hands over what is pending. */
    List<StoredBatch> takePending() {
        List<StoredBatch> batches = pending;
        pending = new ArrayList<>();
        return batches;
    }

    /** The append time of a batch that the leader stamped: never goes back in a partition. */
    long appendTime(long leaderTimeMs) {
        return Math.max(lastAppendTimeMs, leaderTimeMs);
    }

    void configure(PartitionConfig newConfig, long version) {
        config = newConfig;
        placementVersion = version;
        log.configure(newConfig.segmentLimits());
        changed = true;
    }

    /** Moves the log start; the caller has checked that it moves up and not beyond the end. */
    void trim(long newStart, TrimReason reason) {
        trimMark = TrimMark.after(trimMark, log.startOffset(), newStart, reason);
        log.trim(newStart);
        changed = true;
    }

    /**
     * Takes over what another replica has come to: records that are not here become a hole.
     *
     * @throws IOException if this replica is ahead of it; nothing is changed then
     */
    void install(PartitionSnapshot theirs) throws IOException {
        LogState state = theirs.logState();
        if (log.startOffset() > state.startOffset() || log.endOffset() > state.endOffset()) {
            throw new IOException(
                    "partition "
                            + partitionId
                            + " holds the offsets "
                            + log.startOffset()
                            + " to "
                            + log.endOffset()
                            + " and cannot go back to "
                            + state.startOffset()
                            + " to "
                            + state.endOffset());
        }
        log.skipTo(state.endOffset());
        trimMark = theirs.trimMark();
        log.trim(state.startOffset());
        configure(theirs.config(), theirs.placementVersion());
        lastAppendTimeMs = theirs.lastAppendTimeMs();
        producers = new ProducerTable(limits, theirs.producers());
    }

    void delete() {
        deleted = true;
    }

    /**
     * An immutable copy; the one before if nothing has changed. The log is asked in any case, since
     * it may have merged segments by itself.
     */
    PartitionSnapshot snapshot() {
        LogState state = log.state();
        if (changed || lastSnapshot == null || !lastSnapshot.logState().equals(state)) {
            lastSnapshot =
                    new PartitionSnapshot(
                            partitionId,
                            topicId,
                            partition,
                            config,
                            placementVersion,
                            trimMark,
                            lastAppendTimeMs,
                            producers.states(),
                            state);
            changed = false;
        }
        return lastSnapshot;
    }
}
