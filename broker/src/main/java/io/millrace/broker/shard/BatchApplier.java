package io.millrace.broker.shard;

import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.shard.AppendResult.Appended;
import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.broker.shard.ShardCommand.AppendBatches;
import io.millrace.broker.shard.ShardCommand.PartitionBatch;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.error.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Applies the batches of one entry: drops duplicates, refuses what is out of order, gives offsets
 * and time stamps. Batches of one partition go into its log together. Confined to the apply thread.
 */
final class BatchApplier {

    private final LongFunction<Partition> partitions;
    private final DiskPatience disk;
    private final ShardCounters counters;
    private final List<Partition> touched = new ArrayList<>();

    BatchApplier(LongFunction<Partition> partitions, DiskPatience disk, ShardCounters counters) {
        this.partitions = partitions;
        this.disk = disk;
        this.counters = counters;
    }

    /**
     * @throws IOException if a log failed for good; the state is then half changed and must not be
     *     used any more
     */
    CommandResult.Appends apply(long index, long term, AppendBatches command) throws IOException {
        List<AppendResult> results = new ArrayList<>(command.batches().size());
        for (PartitionBatch batch : command.batches()) {
            AppendResult result = admit(index, term, command.leaderTimeMs(), batch);
            if (result instanceof Duplicate) {
                counters.duplicate();
            } else if (result instanceof Refused refused) {
                counters.refused(refused.code());
            }
            results.add(result);
        }
        for (Partition partition : touched) {
            flush(partition);
        }
        touched.clear();
        return new CommandResult.Appends(results);
    }

    private AppendResult admit(long index, long term, long leaderTimeMs, PartitionBatch incoming) {
        Partition partition = partitions.apply(incoming.partitionId());
        if (partition == null) {
            return new Refused(
                    ErrorCode.UNKNOWN_PARTITION,
                    "partition id " + incoming.partitionId() + " does not exist in this shard");
        }
        int bytes = incoming.batch().remaining();
        int limit = partition.config().maxBatchBytes();
        if (bytes > limit) {
            return new Refused(
                    ErrorCode.BATCH_TOO_LARGE,
                    "the batch has "
                            + bytes
                            + " bytes, the limit is "
                            + limit
                            + "; send smaller batches or raise max.batch.bytes");
        }
        BatchHeader header;
        try {
            header = BatchHeader.parse(incoming.batch());
        } catch (CorruptBatchException e) {
            return new Refused(ErrorCode.CORRUPT_BATCH, e.getMessage());
        }
        long appendTimeMs = partition.appendTime(leaderTimeMs);
        AppendResult verdict = partition.producers().check(header, appendTimeMs);
        if (verdict != null) {
            return verdict;
        }
        long baseOffset = partition.nextOffset();
        partition.producers().stored(header, baseOffset, term, appendTimeMs);
        if (partition.addPending(
                new StoredBatch(
                        baseOffset,
                        header.recordCount(),
                        index,
                        term,
                        appendTimeMs,
                        incoming.batch()))) {
            touched.add(partition);
        }
        return new Appended(baseOffset, term, appendTimeMs);
    }

    private void flush(Partition partition) throws IOException {
        List<StoredBatch> batches = partition.takePending();
        disk.run(
                () -> {
                    partition.log().append(batches);
                    return null;
                });
        long bytes = 0;
        for (StoredBatch batch : batches) {
            bytes += batch.batch().remaining();
        }
        StoredBatch last = batches.get(batches.size() - 1);
        counters.appended(batches.size(), last.endOffset() - batches.get(0).baseOffset(), bytes);
    }
}
