package io.millrace.broker.pull;

import io.millrace.broker.group.GroupTable;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.SegmentLimits;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.shard.DataShardListener;
import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.PartitionConfig;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.TrimMark;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A replica of shard 3 that is nothing but its logs. */
final class FakeReplica implements DataShardView {

    static final int SHARD = 3;
    static final int RECORDS = 4;

    final MemoryPartitionLogStore.Disk disk = new MemoryPartitionLogStore.Disk();
    final List<DataShardListener> listeners = new CopyOnWriteArrayList<>();
    final List<Long> corrupt = new CopyOnWriteArrayList<>();
    private final MemoryPartitionLogStore store = new MemoryPartitionLogStore(disk);
    private final Map<Long, FakePartition> partitions = new ConcurrentSkipListMap<>();

    /** A replica with some batches in each partition. */
    static FakeReplica whole(int batches, long... partitionIds) throws IOException {
        FakeReplica replica = new FakeReplica();
        for (long id : partitionIds) {
            replica.add(id, LogState.EMPTY);
            replica.append(id, batches);
        }
        return replica;
    }

    /** A replica that misses all that another one has. */
    static FakeReplica missing(FakeReplica other) throws IOException {
        FakeReplica replica = new FakeReplica();
        for (PartitionView partition : other.partitions()) {
            PartitionLog log = partition.log();
            replica.add(
                    partition.partitionId(), LogState.missing(log.startOffset(), log.endOffset()));
        }
        return replica;
    }

    private void add(long id, LogState state) throws IOException {
        SegmentLimits limits = new SegmentLimits(20_000, 1L << 40, 1 << 20);
        partitions.put(id, new FakePartition(id, store.open(id, limits, state)));
    }

    void append(long id, int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            log(id).append(List.of(batch(id, log(id).endOffset(), 200)));
        }
    }

    /** A batch that follows from its place. */
    static StoredBatch batch(long id, long offset, int valueBytes) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < RECORDS; i++) {
            byte[] value =
                    String.format("%-" + valueBytes + "s", id + "/" + (offset + i))
                            .getBytes(StandardCharsets.US_ASCII);
            builder.append(new Record(1_000 + offset, null, value));
        }
        byte[] bytes = builder.build(Compression.NONE).stamp(0, 0, 0);
        return new StoredBatch(
                offset, RECORDS, offset + 10, 2, 1_000 + offset, ByteBuffer.wrap(bytes));
    }

    PartitionLog log(long id) {
        return partitions.get(id).log();
    }

    void delete(long id) {
        partitions.remove(id).exists = false;
        store.delete(id);
    }

    /** All of a partition; fails at a hole. */
    List<StoredBatch> read(long id) throws IOException {
        List<StoredBatch> all = new ArrayList<>();
        try (LogReader reader = log(id).reader(log(id).startOffset())) {
            for (List<StoredBatch> some = reader.read(1 << 20);
                    !some.isEmpty();
                    some = reader.read(1 << 20)) {
                all.addAll(some);
            }
        }
        return all;
    }

    @Override
    public int shardId() {
        return SHARD;
    }

    @Override
    public PartitionView partition(long partitionId) {
        return partitions.get(partitionId);
    }

    @Override
    public Collection<PartitionView> partitions() {
        return List.copyOf(partitions.values());
    }

    @Override
    public boolean isDeleted(long partitionId) {
        return false;
    }

    @Override
    public GroupTable groups() {
        return GroupTable.EMPTY;
    }

    @Override
    public QueueProgress queue(QueueKey key) {
        return null;
    }

    @Override
    public boolean isCrowded(QueueKey key) {
        return false;
    }

    @Override
    public SortedMap<QueueKey, QueueProgress> queues(long partitionId) {
        return Collections.emptySortedMap();
    }

    @Override
    public long leaderEpoch() {
        return 2;
    }

    @Override
    public long appliedIndex() {
        return 1_000;
    }

    @Override
    public long missingRecords() {
        return partitions.values().stream()
                .flatMap(partition -> partition.log().holes().stream())
                .mapToLong(OffsetRange::count)
                .sum();
    }

    @Override
    public boolean isWhole() {
        return missingRecords() == 0;
    }

    @Override
    public boolean corruptionFound(long partitionId, CorruptLogException found) {
        corrupt.add(partitionId);
        return true;
    }

    @Override
    public String pauseReason() {
        return "";
    }

    @Override
    public void addListener(DataShardListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(DataShardListener listener) {
        listeners.remove(listener);
    }

    private static final class FakePartition implements PartitionView {

        private final long id;
        private final PartitionLog log;
        private volatile boolean exists = true;

        FakePartition(long id, PartitionLog log) {
            this.id = id;
            this.log = log;
        }

        @Override
        public long partitionId() {
            return id;
        }

        @Override
        public long topicId() {
            return 1;
        }

        @Override
        public int partition() {
            return 0;
        }

        @Override
        public PartitionConfig config() {
            return new PartitionConfig(1, 1, 1, 1, 1);
        }

        @Override
        public long placementVersion() {
            return 1;
        }

        @Override
        public PartitionLog log() {
            return log;
        }

        @Override
        public Optional<TrimMark> trimMark() {
            return Optional.empty();
        }

        @Override
        public boolean exists() {
            return exists;
        }
    }
}
