package io.millrace.broker.pull;

import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.PartitionView;
import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Gives stored batches to replicas that miss them, read as a subscriber's are. Blocks on the disk.
 * Thread-safe.
 */
public final class PullServer {

    /** No chunk is larger, unless one batch alone is. */
    public static final int MAX_CHUNK_BYTES = 1 << 20;

    private final IntFunction<DataShardView> shards;

    /**
     * @param shards the data shard of a number; null if there is no replica here
     */
    public PullServer(IntFunction<DataShardView> shards) {
        this.shards = shards;
    }

    /**
     * The batches from an offset on, as far as they are here and fit into a chunk. None if the
     * offset lies below the log start, which the chunk tells.
     *
     * @param from the first offset wanted
     * @param to the first offset not wanted any more
     * @throws PullRefusedException if this replica misses the record at {@code from} itself
     * @throws IllegalArgumentException if the range is none
     */
    public PulledChunk read(int shard, long partitionId, long from, long to) throws IOException {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException(
                    "from_offset " + from + " must be 0 or more and below to_offset " + to);
        }
        DataShardView view = shards.apply(shard);
        PartitionView partition = view == null ? null : view.partition(partitionId);
        if (partition == null || !partition.exists()) {
            throw new PullRefusedException(
                    "partition id " + partitionId + " of shard " + shard + " is not here");
        }
        PartitionLog log = partition.log();
        if (from >= log.endOffset()) {
            throw new PullRefusedException(
                    "partition id "
                            + partitionId
                            + " ends at "
                            + log.endOffset()
                            + " here, not beyond "
                            + from);
        }
        List<StoredBatch> batches = List.of();
        try (LogReader reader = log.reader(from)) {
            batches = reader.read(MAX_CHUNK_BYTES);
        } catch (LogReader.TrimmedException e) {
            requireExists(partition);
        } catch (LogReader.MissingException e) {
            throw new PullRefusedException(e.getMessage());
        } catch (LogReader.CorruptLogException e) {
            view.corruptionFound(partitionId, e);
            throw new PullRefusedException(e.getMessage());
        }
        return new PulledChunk(
                log.startOffset(),
                batches.stream().filter(batch -> batch.baseOffset() < to).toList());
    }

    private static void requireExists(PartitionView partition) throws PullRefusedException {
        if (!partition.exists()) {
            throw new PullRefusedException(
                    "partition id " + partition.partitionId() + " was deleted");
        }
    }
}
