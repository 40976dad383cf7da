package io.millrace.broker.shard;

import io.millrace.broker.partition.DamagePolicy;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.partition.MemoryPartitionLogStore.Disk;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.PartitionLogStore;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.shard.AppendResult.Appended;
import io.millrace.raft.Proposal;
import io.millrace.raft.StateMachine;
import io.millrace.raft.StateMachine.CheckpointMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A data shard with its Raft log and its disk, to be crashed and started again. */
final class ShardHarness {

    final Disk disk = new Disk();
    final List<Entry> log = new ArrayList<>();
    final ProducerLimits limits;
    DiskPatience.RetryWait retryWait = milliseconds -> false;
    DamagePolicy damage = DamagePolicy.REFUSE;
    DataShard shard;
    long term = 1;
    private final StoreOpener opener;
    private PartitionLogStore store;
    private CheckpointMark mark;
    private ByteBuffer manifest;

    /** Opens what the shard before has left. */
    interface StoreOpener {
        PartitionLogStore open() throws IOException;
    }

    record Entry(long index, long term, ByteBuffer data) {}

    ShardHarness() throws IOException {
        this(ProducerLimits.DEFAULT);
    }

    ShardHarness(ProducerLimits limits) throws IOException {
        this.limits = limits;
        this.opener = () -> new MemoryPartitionLogStore(disk);
        start();
    }

    /** A shard on other logs than those in memory. */
    ShardHarness(ProducerLimits limits, StoreOpener opener) throws IOException {
        this.limits = limits;
        this.opener = opener;
        start();
    }

    CommandResult apply(ShardCommand command) {
        return applyBytes(CommandCodec.encode(command));
    }

    CommandResult applyBytes(ByteBuffer data) {
        Entry entry = new Entry(log.size() + 1L, term, data);
        log.add(entry);
        return apply(entry);
    }

    /** Appends one batch and gives its result. */
    AppendResult append(long timeMs, long partitionId, ByteBuffer batch) {
        return appendAll(Batches.append(timeMs, partitionId, batch)).get(0);
    }

    List<AppendResult> appendAll(ShardCommand.AppendBatches command) {
        return ((CommandResult.Appends) apply(command)).results();
    }

    static long offsetOf(AppendResult result) {
        return ((Appended) result).baseOffset();
    }

    PartitionLog logOf(long partitionId) {
        return shard.partition(partitionId).log();
    }

    /** All batches that hold a record at or after the log start. */
    List<StoredBatch> batchesOf(long partitionId) throws IOException {
        List<StoredBatch> all = new ArrayList<>();
        PartitionLog log = logOf(partitionId);
        try (LogReader reader = log.reader(log.startOffset())) {
            for (List<StoredBatch> some = reader.read(1 << 20);
                    !some.isEmpty();
                    some = reader.read(1 << 20)) {
                all.addAll(some);
            }
        }
        return all;
    }

    /** All batches below an offset that is not missing. */
    List<StoredBatch> batchesUpTo(long partitionId, long end) throws IOException {
        try (LogReader reader = logOf(partitionId).reader(logOf(partitionId).startOffset())) {
            return reader.read(1 << 20).stream().filter(batch -> batch.endOffset() <= end).toList();
        }
    }

    StateMachine.Checkpoint checkpoint() throws IOException {
        StateMachine.Checkpoint copy = shard.checkpoint();
        CheckpointMark at = new CheckpointMark(log.size(), term);
        copy.force();
        manifest = copy.manifest();
        mark = at;
        copy.completed();
        return copy;
    }

    /** Takes over the last checkpoint of another replica and makes that durable. */
    void install(ShardHarness other) throws IOException {
        ByteBuffer sent = other.shard.replicatedPart(other.manifest.duplicate());
        StateMachine.Checkpoint taken = shard.install(other.mark, sent);
        log.clear();
        log.addAll(other.log.subList(0, (int) other.mark.index()));
        taken.force();
        manifest = taken.manifest();
        mark = other.mark;
        taken.completed();
    }

    /** Applies what another replica has applied since. */
    void follow(ShardHarness other) {
        for (Entry entry : List.copyOf(other.log.subList(log.size(), other.log.size()))) {
            log.add(entry);
            apply(entry);
        }
    }

    /** Fetches the beginning of the first hole of a partition; returns whether there is more. */
    boolean pull(ShardHarness other, long partitionId, int maxBytes) throws IOException {
        List<OffsetRange> holes = logOf(partitionId).holes();
        if (holes.isEmpty()) {
            return false;
        }
        OffsetRange hole = holes.get(0);
        try (LogReader reader = other.logOf(partitionId).reader(hole.from())) {
            logOf(partitionId)
                    .fill(
                            reader.read(maxBytes).stream()
                                    .filter(batch -> batch.baseOffset() < hole.to())
                                    .toList());
        }
        return !logOf(partitionId).holes().isEmpty();
    }

    /** Cuts the power and starts from the last checkpoint and the Raft log. */
    void crash() throws IOException {
        disk.loseUnforced();
        start();
        long from = mark == null ? 0 : mark.index();
        for (Entry entry : log) {
            if (entry.index() > from) {
                apply(entry);
            }
        }
    }

    /** The replicated part of the state, to compare replicas by. */
    ByteBuffer replicatedState() {
        return ManifestCodec.encodeReplicated(((DataShardCheckpoint) shard.checkpoint()).content());
    }

    void close() throws IOException {
        store.close();
    }

    private void start() throws IOException {
        if (store != null) {
            store.close();
        }
        store = opener.open();
        shard =
                new DataShard(
                        1,
                        store,
                        limits,
                        ShardCounters.NONE,
                        () -> damage,
                        wait -> retryWait.await(wait));
        if (manifest != null) {
            shard.restore(mark, manifest.duplicate());
        }
        shard.started();
    }

    private CommandResult apply(Entry entry) {
        CapturingProposal proposal = new CapturingProposal(entry.data());
        shard.apply(entry.index(), entry.term(), entry.data().duplicate(), proposal);
        return proposal.result;
    }

    private static final class CapturingProposal implements ShardProposal {
        private final ByteBuffer data;
        private CommandResult result;

        CapturingProposal(ByteBuffer data) {
            this.data = data;
        }

        @Override
        public ByteBuffer data() {
            return data;
        }

        @Override
        public void failed(Proposal.Outcome outcome, String reason) {
            throw new AssertionError(outcome + ": " + reason);
        }

        @Override
        public void applied(CommandResult applied) {
            result = applied;
        }
    }
}
