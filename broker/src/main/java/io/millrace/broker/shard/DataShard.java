package io.millrace.broker.shard;

import io.millrace.broker.group.GroupTable;
import io.millrace.broker.partition.DamagePolicy;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.PartitionLogStore;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.raft.Proposal;
import io.millrace.raft.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of a data shard: partitions with their logs and producers, consumer groups.
 *
 * <p>Time, ids and choices come with the entries, so every replica gets the same offsets, time
 * stamps and answers. The apply thread alone changes the state; {@link DataShardView} is for all.
 */
public final class DataShard implements StateMachine, DataShardView, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataShard.class);

    private final int shardId;
    private final PartitionLogStore store;
    private final ShardEvents events;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final DiskPatience disk;
    private final Partitions partitions;
    private final ShardGroups groups = new ShardGroups();
    private final CommandExecutor executor;
    private final Supplier<DamagePolicy> damage;
    private final Wholeness wholeness;

    private volatile long appliedIndex;
    private volatile long leaderEpoch;
    private volatile boolean broken;

    private boolean opened;
    private boolean started;

    // Belongs to the checkpoint thread once the shard has started.
    private Manifest lastDurable;

    /**
     * A shard without state; {@link #restore} or {@link #started} comes next.
     *
     * @param shardId the shard's number
     * @param store its logs; closed by the caller, after the shard
     * @param limits what partitions remember of producers, the same on all replicas
     * @param counters hears what is applied
     * @param damage what to do about damaged segments now: others can only be asked for their
     *     records if there are other whole replicas
     */
    public DataShard(
            int shardId,
            PartitionLogStore store,
            ProducerLimits limits,
            ShardCounters counters,
            Supplier<DamagePolicy> damage) {
        this(shardId, store, limits, counters, damage, null);
    }

    /** A shard whose only replica this is. */
    public DataShard(
            int shardId, PartitionLogStore store, ProducerLimits limits, ShardCounters counters) {
        this(shardId, store, limits, counters, () -> DamagePolicy.REFUSE);
    }

    /**
     * @param retryWait how to wait for disk space; null: until the time is over or {@link #close}
     */
    DataShard(
            int shardId,
            PartitionLogStore store,
            ProducerLimits limits,
            ShardCounters counters,
            Supplier<DamagePolicy> damage,
            DiskPatience.RetryWait retryWait) {
        this.shardId = shardId;
        this.store = store;
        this.events = new ShardEvents(shardId);
        this.disk =
                new DiskPatience(
                        retryWait == null ? this::awaitUnlessClosed : retryWait,
                        reason -> events.tell(listener -> listener.applyPaused(reason)),
                        () -> events.tell(DataShardListener::applyResumed));
        this.partitions = new Partitions(store, limits);
        this.executor = new CommandExecutor(partitions, groups, disk, counters, events::tell);
        this.damage = damage;
        this.wholeness = new Wholeness(shardId, partitions, damage, events);
    }

    @Override
    public void restore(CheckpointMark mark, ByteBuffer manifest) throws IOException {
        if (opened) {
            throw new IOException("shard " + shardId + " has a state already");
        }
        Manifest restored = ManifestCodec.decode(manifest);
        if (restored.appliedIndex() > mark.index()) {
            throw new IOException(
                    "the checkpoint of index "
                            + mark.index()
                            + " holds the state of index "
                            + restored.appliedIndex());
        }
        lastDurable = restored;
        appliedIndex = restored.appliedIndex();
        leaderEpoch = restored.leaderEpoch();
    }

    @Override
    public Checkpoint install(CheckpointMark mark, ByteBuffer replicated) throws IOException {
        Manifest theirs = ManifestCodec.decodeReplicated(replicated);
        if (theirs.appliedIndex() > mark.index() || theirs.appliedIndex() < appliedIndex) {
            throw new IOException(
                    "the checkpoint of index "
                            + mark.index()
                            + " holds the state of index "
                            + theirs.appliedIndex()
                            + ", this replica that of "
                            + appliedIndex);
        }
        open();
        broken = true;
        wholeness.lost();
        Consumer<Consumer<DataShardListener>> tell = started ? events::tell : event -> {};
        partitions.install(theirs, tell);
        groups.install(theirs, tell);
        appliedIndex = theirs.appliedIndex();
        leaderEpoch = theirs.leaderEpoch();
        broken = false;
        LOG.info(
                "Shard {} goes on from index {} of another replica and misses {} records",
                shardId,
                appliedIndex,
                partitions.missingRecords());
        tellMissing();
        return checkpoint();
    }

    /** Opens the logs of the checkpoint, once. */
    private void open() throws IOException {
        if (opened) {
            return;
        }
        opened = true;
        if (lastDurable != null) {
            partitions.restore(lastDurable, damage.get());
            groups.restore(lastDurable);
        }
        if (partitions.missingRecords() > 0) {
            wholeness.lost();
        }
    }

    private void tellMissing() {
        if (started && partitions.missingRecords() > 0) {
            events.tell(DataShardListener::recordsMissing);
        }
    }

    @Override
    public ByteBuffer replicatedPart(ByteBuffer manifest) throws IOException {
        return ManifestCodec.encodeReplicated(ManifestCodec.decode(manifest));
    }

    @Override
    public void started() throws IOException {
        open();
        store.discardUnknown();
        started = true;
        for (Partition partition : partitions.all()) {
            events.tell(listener -> listener.partitionCreated(partition));
        }
        groups.tellAll(events::tell);
        LOG.info(
                "Shard {} starts with {} partitions and {} groups from index {}",
                shardId,
                partitions.all().size(),
                groups.table().groups().size(),
                appliedIndex);
        tellMissing();
    }

    @Override
    public void apply(long index, long term, ByteBuffer data, Proposal proposal) {
        CommandResult result = execute(index, term, data);
        appliedIndex = index;
        leaderEpoch = term;
        if (proposal instanceof ShardProposal waiting) {
            waiting.applied(result);
        }
    }

    private CommandResult execute(long index, long term, ByteBuffer data) {
        if (broken || index <= appliedIndex) {
            throw new IllegalStateException(
                    "index " + index + " comes after " + appliedIndex + ", broken: " + broken);
        }
        // Until it is whole again the state is half changed: no checkpoint may be taken of it.
        broken = true;
        try {
            CommandResult result = executor.execute(index, term, CommandCodec.decode(data));
            broken = false;
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException("shard " + shardId + " at index " + index, e);
        }
    }

    @Override
    public void leaderStarted(long term) {
        events.tell(listener -> listener.leaderStarted(term));
    }

    @Override
    public void leaderStopped() {
        events.tell(DataShardListener::leaderStopped);
    }

    @Override
    public Checkpoint checkpoint() {
        if (broken) {
            throw new IllegalStateException("shard " + shardId + " has failed");
        }
        long losses = wholeness.losses();
        return new DataShardCheckpoint(
                partitions.manifest(appliedIndex, leaderEpoch, groups),
                store,
                manifest -> durable(manifest, losses));
    }

    /**
     * What was trimmed or deleted goes only when manifests without it are durable, and what was
     * fetched counts only when one names it.
     */
    @Override
    public boolean wantsCheckpoint() {
        return store.holdsDropped() || wholeness.wantsCheckpoint();
    }

    @Override
    public boolean isWhole() {
        return wholeness.isWhole();
    }

    @Override
    public long missingRecords() {
        return wholeness.missingRecords();
    }

    @Override
    public boolean corruptionFound(long partitionId, CorruptLogException found) {
        return wholeness.corruptionFound(partitionId, found);
    }

    @Override
    public void failed(String reason) {
        broken = true;
        events.tell(listener -> listener.failed(reason));
    }

    /** Ends a wait for disk space; the entry that waits fails, and the shard with it. */
    @Override
    public void close() {
        closed.countDown();
    }

    @Override
    public int shardId() {
        return shardId;
    }

    @Override
    public PartitionView partition(long partitionId) {
        return partitions.get(partitionId);
    }

    @Override
    public Collection<PartitionView> partitions() {
        return List.copyOf(partitions.all());
    }

    @Override
    public boolean isDeleted(long partitionId) {
        return partitions.deleted().contains(partitionId);
    }

    @Override
    public GroupTable groups() {
        return groups.table();
    }

    @Override
    public QueueProgress queue(QueueKey key) {
        return groups.queue(key);
    }

    @Override
    public boolean isCrowded(QueueKey key) {
        return groups.isCrowded(key);
    }

    @Override
    public SortedMap<QueueKey, QueueProgress> queues(long partitionId) {
        return groups.queues(partitionId);
    }

    @Override
    public long leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public long appliedIndex() {
        return appliedIndex;
    }

    @Override
    public String pauseReason() {
        return disk.pauseReason();
    }

    @Override
    public void addListener(DataShardListener listener) {
        events.add(listener);
    }

    @Override
    public void removeListener(DataShardListener listener) {
        events.remove(listener);
    }

    /** The newest two manifests are this one and the one that was durable before. */
    private void durable(Manifest manifest, long losses) {
        Set<Long> named = new LinkedHashSet<>();
        for (Manifest one :
                lastDurable == null ? List.of(manifest) : List.of(lastDurable, manifest)) {
            one.partitions().forEach(partition -> named.add(partition.partitionId()));
        }
        lastDurable = manifest;
        wholeness.manifestDurable(manifest.isWhole(), losses);
        try {
            store.manifestDurable(named);
        } catch (IOException e) {
            // Only space is lost, until the next checkpoint tries again.
            LOG.warn("Shard {} cannot remove files that nothing names any more", shardId, e);
        }
    }

    private boolean awaitUnlessClosed(long milliseconds) {
        try {
            return !closed.await(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
