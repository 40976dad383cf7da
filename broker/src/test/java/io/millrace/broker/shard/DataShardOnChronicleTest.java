package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.batch;
import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.ChroniclePartitionLogStore;
import io.millrace.broker.partition.StoreSettings;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shard on the partition logs of the product: what each relies on in the other. */
class DataShardOnChronicleTest {

    @TempDir private Path directory;
    private ShardHarness harness;

    @BeforeEach
    void start() throws IOException {
        harness =
                new ShardHarness(
                        ProducerLimits.DEFAULT,
                        () ->
                                ChroniclePartitionLogStore.open(
                                        StoreSettings.of(directory, 0), System::nanoTime));
        harness.apply(create(1, 10));
        harness.apply(create(2, 10));
    }

    @AfterEach
    void stop() throws IOException {
        harness.close();
    }

    @Test
    void shouldRebuildItsLogsFromCheckpointAndEntries() throws IOException {
        fill(1, 0, 20);
        harness.checkpoint();
        fill(1, 20, 20);
        List<StoredBatch> before = harness.batchesOf(1);
        ByteBuffer state = harness.replicatedState();
        harness.crash();
        harness.crash();
        assertThat(harness.batchesOf(1)).isEqualTo(before);
        assertThat(harness.replicatedState()).isEqualTo(state);
        assertThat(harness.append(900, 1, batch(5, 0, 190, 5))).isInstanceOf(Duplicate.class);
    }

    /** Segments that a durable manifest names must outlive a trim, a delete and a crash. */
    @Test
    void shouldStartFromAManifestThatNamesWhatWasRemovedSince() throws IOException {
        fill(1, 0, 40);
        fill(2, 0, 10);
        harness.checkpoint();
        harness.apply(new TrimPartitions(List.of(new Trim(1, 180, TrimReason.EXPIRED))));
        harness.apply(new DeletePartition(2, 20));
        harness.crash();
        assertThat(harness.logOf(1).startOffset()).isEqualTo(180);
        assertThat(harness.shard.partition(2)).isNull();
        harness.checkpoint();
        harness.checkpoint();
        harness.checkpoint();
        assertThat(segmentDirectories("partition-2")).isZero();
        assertThat(harness.logOf(1).segments()).hasSize(segmentDirectories("partition-1"));
        harness.crash();
        assertThat(harness.append(900, 1, plainBatch(1)))
                .isEqualTo(new AppendResult.Appended(200, 1, 900));
    }

    /** The disk may be full, and nobody writes: only these checkpoints make room again. */
    @Test
    void shouldWantCheckpointsUntilWhatWasTrimmedOrDeletedIsGone() throws IOException {
        fill(1, 0, 40);
        fill(2, 0, 10);
        harness.checkpoint();
        assertThat(harness.shard.wantsCheckpoint()).isFalse();

        harness.apply(new TrimPartitions(List.of(new Trim(1, 180, TrimReason.TRIMMED))));
        assertThat(checkpointsUntilNoneIsWanted()).isEqualTo(2);
        assertThat(harness.logOf(1).segments()).hasSize(segmentDirectories("partition-1"));

        harness.apply(new DeletePartition(2, 20));
        assertThat(checkpointsUntilNoneIsWanted()).isLessThanOrEqualTo(3);
        assertThat(segmentDirectories("partition-2")).isZero();

        fill(1, 40, 10);
        harness.crash();
        assertThat(harness.shard.wantsCheckpoint()).as("the segments of the last life").isTrue();
        assertThat(checkpointsUntilNoneIsWanted()).isOne();
        assertThat(segmentDirectories("trash")).isZero();
    }

    private int checkpointsUntilNoneIsWanted() throws IOException {
        int taken = 0;
        while (harness.shard.wantsCheckpoint() && taken < 10) {
            harness.checkpoint();
            taken++;
        }
        return taken;
    }

    private void fill(long partitionId, int from, int batches) {
        for (int i = from; i < from + batches; i++) {
            harness.append(100 + i, partitionId, batch(5, 0, 5L * i, 5));
        }
    }

    private int segmentDirectories(String partition) throws IOException {
        Path path = directory.resolve(partition);
        if (!Files.exists(path)) {
            return 0;
        }
        try (Stream<Path> segments = Files.list(path)) {
            return (int) segments.count();
        }
    }
}
