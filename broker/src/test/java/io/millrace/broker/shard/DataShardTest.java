package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.CONFIG;
import static io.millrace.broker.shard.Batches.append;
import static io.millrace.broker.shard.Batches.batch;
import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.partition.MemoryPartitionLogStore.Disk;
import io.millrace.broker.partition.PartitionLog.DiskFullException;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.shard.AppendResult.Appended;
import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.broker.shard.CommandResult.Done;
import io.millrace.broker.shard.CommandResult.Trimmed;
import io.millrace.broker.shard.CommandResult.Trims;
import io.millrace.broker.shard.ShardCommand.AppendBatches;
import io.millrace.broker.shard.ShardCommand.ConfigurePartition;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.PartitionBatch;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.protocol.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DataShardTest {

    private ShardHarness harness;

    @BeforeEach
    void createPartition() throws IOException {
        harness = new ShardHarness();
        harness.apply(create(1, 10));
    }

    @Test
    void shouldAssignDenseOffsetsPerPartition() {
        harness.apply(create(2, 10));
        assertThat(harness.append(100, 1, plainBatch(3))).isEqualTo(new Appended(0, 1, 100));
        assertThat(harness.append(101, 2, plainBatch(2))).isEqualTo(new Appended(0, 1, 101));
        harness.term = 4;
        assertThat(harness.append(102, 1, plainBatch(1))).isEqualTo(new Appended(3, 4, 102));
        assertThat(harness.logOf(1).endOffset()).isEqualTo(4);
        assertThat(harness.shard.leaderEpoch()).isEqualTo(4);
    }

    @Test
    void shouldAppendTheBatchesOfOnePartitionTogether() {
        harness.apply(create(2, 10));
        List<AppendResult> results =
                harness.appendAll(
                        new AppendBatches(
                                5,
                                List.of(
                                        new PartitionBatch(1, plainBatch(1)),
                                        new PartitionBatch(2, plainBatch(1)),
                                        new PartitionBatch(1, plainBatch(2)),
                                        new PartitionBatch(9, plainBatch(2)),
                                        new PartitionBatch(1, plainBatch(1)))));
        assertThat(results.get(0)).isEqualTo(new Appended(0, 1, 5));
        assertThat(results.get(1)).isEqualTo(new Appended(0, 1, 5));
        assertThat(results.get(2)).isEqualTo(new Appended(1, 1, 5));
        assertThat(codeOf(results.get(3))).isEqualTo(ErrorCode.UNKNOWN_PARTITION);
        assertThat(results.get(4)).isEqualTo(new Appended(3, 1, 5));
        assertThat(harness.logOf(1).segments().get(0).excerptCount()).isEqualTo(1);
    }

    @Test
    void shouldNeverLetTimeGoBack() {
        harness.append(100, 1, plainBatch(1));
        assertThat(harness.append(50, 1, plainBatch(1))).isEqualTo(new Appended(1, 1, 100));
        assertThat(harness.append(150, 1, plainBatch(1))).isEqualTo(new Appended(2, 1, 150));
    }

    @Test
    void shouldRefuseBatchesAboveThePartitionsLimit() {
        harness.apply(new ConfigurePartition(1, new PartitionConfig(1_000, 1_000, -1, -1, 80), 11));
        assertThat(codeOf(harness.append(1, 1, plainBatch(10))))
                .isEqualTo(ErrorCode.BATCH_TOO_LARGE);
        assertThat(harness.logOf(1).endOffset()).isZero();
    }

    @Test
    void shouldAnswerDuplicatesWithTheFirstOffset() {
        harness.append(100, 1, plainBatch(5));
        ByteBuffer first = batch(8, 0, 0, 3);
        harness.append(101, 1, first);
        harness.term = 2;
        assertThat(harness.append(150, 1, first)).isEqualTo(new Duplicate(5, 1, 101));
        assertThat(harness.logOf(1).endOffset()).isEqualTo(8);
    }

    @Test
    void shouldSeeADuplicateInsideOneEntry() {
        ByteBuffer first = batch(8, 0, 0, 3);
        List<AppendResult> results =
                harness.appendAll(append(7, 1, first, first, batch(8, 0, 3, 1)));
        assertThat(results)
                .containsExactly(
                        new Appended(0, 1, 7), new Duplicate(0, 1, 7), new Appended(3, 1, 7));
    }

    @Test
    void shouldTrimUpOnlyAndRememberWhy() {
        harness.append(1, 1, plainBatch(10));
        assertThat(trim(1, 4, TrimReason.TRIMMED)).isEqualTo(new Trimmed(1, 0, 4));
        assertThat(trim(1, 2, TrimReason.EXPIRED)).isEqualTo(new Trimmed(1, 4, 4));
        assertThat(harness.shard.partition(1).trimMark())
                .contains(new TrimMark(0, 4, TrimReason.TRIMMED));
        assertThat(trim(1, 6, TrimReason.EXPIRED)).isEqualTo(new Trimmed(1, 4, 6));
        assertThat(trim(1, 99, TrimReason.EXPIRED)).isEqualTo(new Trimmed(1, 6, 10));
        assertThat(harness.shard.partition(1).trimMark())
                .contains(new TrimMark(4, 10, TrimReason.EXPIRED));
        assertThat(((Trims) harness.apply(trimCommand(5, 1, TrimReason.TRIMMED))).partitions())
                .isEmpty();
        assertThat(ShardHarness.offsetOf(harness.append(1, 1, plainBatch(1)))).isEqualTo(10);
    }

    @Test
    void shouldIgnoreOlderPlacements() {
        PartitionConfig other = new PartitionConfig(5, 5, 5, 5, 5_000);
        assertThat(harness.apply(new ConfigurePartition(1, other, 10))).isEqualTo(new Done(false));
        assertThat(harness.shard.partition(1).config()).isEqualTo(CONFIG);
        assertThat(harness.apply(new ConfigurePartition(1, other, 12))).isEqualTo(new Done(true));
        assertThat(harness.apply(create(1, 11))).isEqualTo(new Done(false));
        assertThat(harness.shard.partition(1).config()).isEqualTo(other);
        assertThat(harness.apply(new DeletePartition(1, 11))).isEqualTo(new Done(false));
        assertThat(harness.shard.partition(1)).isNotNull();
    }

    @Test
    void shouldNeverReviveADeletedPartition() throws IOException {
        PartitionView view = harness.shard.partition(1);
        assertThat(harness.apply(new DeletePartition(1, 11))).isEqualTo(new Done(true));
        assertThat(view.exists()).isFalse();
        assertThat(harness.shard.partition(1)).isNull();
        assertThat(harness.apply(new DeletePartition(1, 12))).isEqualTo(new Done(false));
        harness.checkpoint();
        harness.crash();
        assertThat(harness.apply(create(1, 99))).isEqualTo(new Done(false));
        assertThat(harness.shard.partition(1)).isNull();
        assertThat(harness.shard.isDeleted(1)).isTrue();
        assertThat(codeOf(harness.append(1, 1, plainBatch(1))))
                .isEqualTo(ErrorCode.UNKNOWN_PARTITION);
    }

    @Test
    void shouldWaitForDiskSpaceAndSkipNothing() throws IOException {
        List<String> heard = new ArrayList<>();
        harness.shard.addListener(
                new DataShardListener() {
                    @Override
                    public void applyPaused(String reason) {
                        heard.add("paused " + !harness.shard.pauseReason().isEmpty());
                    }

                    @Override
                    public void applyResumed() {
                        heard.add("resumed " + harness.shard.pauseReason().isEmpty());
                    }
                });
        List<Long> waits = new ArrayList<>();
        harness.retryWait = milliseconds -> waits.add(milliseconds);
        harness.disk.failAppends(new DiskFullException("no space"), 9);
        assertThat(harness.append(1, 1, plainBatch(2))).isEqualTo(new Appended(0, 1, 1));
        assertThat(heard).containsExactly("paused true", "resumed true");
        assertThat(waits).hasSize(9).startsWith(50L, 100L, 200L).endsWith(2_000L);
        assertThat(harness.batchesOf(1)).hasSize(1);
    }

    @Test
    @Timeout(20)
    void shouldEndTheWaitForDiskSpaceWhenClosed() throws Exception {
        Disk disk = new Disk();
        disk.failAppends(new DiskFullException("no space"));
        CountDownLatch paused = new CountDownLatch(1);
        DataShard shard =
                new DataShard(
                        1,
                        new MemoryPartitionLogStore(disk),
                        ProducerLimits.DEFAULT,
                        ShardCounters.NONE);
        shard.started();
        shard.addListener(
                new DataShardListener() {
                    @Override
                    public void applyPaused(String reason) {
                        paused.countDown();
                        throw new IllegalStateException("thrown by the test");
                    }
                });
        shard.apply(1, 1, CommandCodec.encode(create(1, 1)), null);
        ByteBuffer data = CommandCodec.encode(append(1, 1, plainBatch(1)));
        CompletableFuture<Void> applying =
                CompletableFuture.runAsync(() -> shard.apply(2, 1, data, null));
        paused.await();
        assertThat(shard.pauseReason()).contains("no space");
        assertThat(applying).isNotDone();
        shard.close();
        assertThatThrownBy(applying::join).hasCauseInstanceOf(UncheckedIOException.class);
        assertThat(shard.appliedIndex()).isEqualTo(1);
    }

    @Test
    void shouldStopOnOtherErrorsAndTakeNoCheckpointOfHalfAnEntry() throws IOException {
        harness.append(1, 1, plainBatch(2));
        harness.checkpoint();
        harness.disk.failAppends(new IOException("Input/output error"), 1);
        assertThatThrownBy(() -> harness.append(1, 1, plainBatch(2)))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(harness.shard::checkpoint).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> harness.append(1, 1, plainBatch(2)))
                .isInstanceOf(IllegalStateException.class);
        harness.log.remove(harness.log.size() - 1);
        harness.crash();
        assertThat(harness.logOf(1).endOffset()).isEqualTo(4);
        assertThat(harness.batchesOf(1)).extracting(StoredBatch::baseOffset).contains(2L);
    }

    @Test
    void shouldRefuseAnIndexThatWasApplied() {
        harness.append(1, 1, plainBatch(1));
        ByteBuffer again = CommandCodec.encode(append(1, 1, plainBatch(1)));
        assertThatThrownBy(() -> harness.shard.apply(2, 1, again, null))
                .isInstanceOf(IllegalStateException.class);
    }

    private Trimmed trim(long partitionId, long start, TrimReason reason) {
        return ((Trims) harness.apply(trimCommand(partitionId, start, reason))).partitions().get(0);
    }

    private static TrimPartitions trimCommand(long partitionId, long start, TrimReason reason) {
        return new TrimPartitions(List.of(new Trim(partitionId, start, reason)));
    }

    private static ErrorCode codeOf(AppendResult result) {
        return ((Refused) result).code();
    }
}
