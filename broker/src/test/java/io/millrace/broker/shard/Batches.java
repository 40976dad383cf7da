package io.millrace.broker.shard;

import io.millrace.broker.shard.ShardCommand.AppendBatches;
import io.millrace.broker.shard.ShardCommand.CreatePartition;
import io.millrace.broker.shard.ShardCommand.PartitionBatch;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes batches and commands for tests. */
final class Batches {

    static final PartitionConfig CONFIG = new PartitionConfig(1_000, 60_000, -1, -1, 10_000);

    private Batches() {}

    /** A batch of records whose values are their sequences. */
    static ByteBuffer batch(long producerId, int epoch, long firstSequence, int count) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < count; i++) {
            String value = producerId + "/" + epoch + "/" + (firstSequence + i);
            builder.append(new Record(1, null, value.getBytes(StandardCharsets.UTF_8)));
        }
        byte[] bytes = builder.build(Compression.NONE).stamp(producerId, epoch, firstSequence);
        return ByteBuffer.wrap(bytes);
    }

    /** A batch without a producer. */
    static ByteBuffer plainBatch(int count) {
        return batch(0, 0, 0, count);
    }

    static AppendBatches append(long timeMs, long partitionId, ByteBuffer... batches) {
        return new AppendBatches(
                timeMs,
                List.of(batches).stream().map(b -> new PartitionBatch(partitionId, b)).toList());
    }

    static CreatePartition create(long partitionId, long version) {
        return new CreatePartition(partitionId, 7, 0, CONFIG, version);
    }
}
