package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.batch;
import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.broker.shard.ShardCommand.ConfigurePartition;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.raft.StateMachine.Checkpoint;
import io.millrace.raft.StateMachine.CheckpointMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointTest {

    private ShardHarness harness;

    @BeforeEach
    void createPartitions() throws IOException {
        harness = new ShardHarness();
        harness.apply(create(1, 10));
        harness.apply(create(2, 10));
        harness.append(100, 1, batch(5, 0, 0, 3));
        harness.append(101, 2, batch(5, 0, 0, 2));
    }

    @Test
    void shouldNotChangeWithWhatIsAppliedLater() throws IOException {
        Checkpoint first = harness.shard.checkpoint();
        Checkpoint same = harness.shard.checkpoint();
        harness.append(102, 1, batch(5, 0, 3, 3));
        trim(1, 4);
        harness.apply(new DeletePartition(2, 20));
        assertThat(first.manifest()).isEqualTo(same.manifest());
        assertThat(harness.shard.checkpoint().manifest()).isNotEqualTo(first.manifest());
        Manifest read = ManifestCodec.decode(first.manifest());
        assertThat(read.partitions()).hasSize(2);
        assertThat(read.partitions().get(0).logState().endOffset()).isEqualTo(3);
        assertThat(read.partitions().get(0).producers().get(0).nextSequence()).isEqualTo(3);
    }

    @Test
    void shouldForceAndEncodeOnlyWhatHasChanged() throws IOException {
        harness.checkpoint();
        assertThat(harness.disk.forces()).isEqualTo(2);
        harness.append(102, 1, plainBatch(1));
        harness.checkpoint();
        assertThat(harness.disk.forces()).isEqualTo(3);
        DataShardCheckpoint one = (DataShardCheckpoint) harness.shard.checkpoint();
        harness.append(103, 1, plainBatch(1));
        DataShardCheckpoint two = (DataShardCheckpoint) harness.shard.checkpoint();
        assertThat(two.content().partitions().get(0))
                .isNotSameAs(one.content().partitions().get(0));
        assertThat(two.content().partitions().get(1)).isSameAs(one.content().partitions().get(1));
    }

    @Test
    void shouldForceAgainWhatACheckpointThatFailedHadNotForced() throws IOException {
        harness.shard.checkpoint();
        harness.checkpoint();
        assertThat(harness.disk.forces()).isEqualTo(2);
    }

    @Test
    void shouldKeepProducersOverCheckpointTrimAndCrash() throws IOException {
        harness.append(105, 1, batch(5, 0, 3, 3));
        trim(1, 6);
        harness.checkpoint();
        harness.crash();
        assertThat(harness.append(200, 1, batch(5, 0, 3, 3))).isEqualTo(new Duplicate(3, 1, 105));
        assertThat(harness.append(200, 1, batch(5, 0, 0, 3))).isEqualTo(new Duplicate(0, 1, 100));
        assertThat(harness.shard.partition(1).trimMark())
                .contains(new TrimMark(0, 6, TrimReason.TRIMMED));
        assertThat(ShardHarness.offsetOf(harness.append(50, 1, batch(5, 0, 6, 1)))).isEqualTo(6);
        assertThat(harness.logOf(1).lastAppendTimeMs()).isEqualTo(105);
    }

    @Test
    void shouldKeepSettingsThatChangedAlone() throws IOException {
        harness.checkpoint();
        PartitionConfig other = new PartitionConfig(5, 6, 7, 8, 9_000);
        harness.apply(new ConfigurePartition(1, other, 11));
        harness.checkpoint();
        harness.crash();
        assertThat(harness.shard.partition(1).config()).isEqualTo(other);
        assertThat(harness.shard.partition(1).placementVersion()).isEqualTo(11);
        assertThat(harness.shard.partition(2).config()).isEqualTo(Batches.CONFIG);
    }

    /** A trim, then a crash before the next checkpoint: the manifest still names the segments. */
    @Test
    void shouldStartFromAManifestThatNamesWhatWasTrimmedSince() throws IOException {
        for (int i = 0; i < 30; i++) {
            harness.append(110 + i, 1, plainBatch(5));
        }
        assertThat(harness.logOf(1).segments()).hasSizeGreaterThan(1);
        harness.checkpoint();
        trim(1, 153);
        harness.apply(new DeletePartition(2, 20));
        ByteBuffer before = harness.replicatedState();
        harness.crash();
        assertThat(harness.replicatedState()).isEqualTo(before);
        assertThat(harness.logOf(1).startOffset()).isEqualTo(153);
    }

    /** Two crashes without a checkpoint between them: segment numbers must not be used again. */
    @Test
    void shouldSurviveTwoCrashesWithoutACheckpoint() throws IOException {
        harness.checkpoint();
        harness.append(110, 1, batch(5, 0, 3, 3));
        harness.crash();
        harness.append(111, 1, batch(5, 0, 6, 3));
        ByteBuffer before = harness.replicatedState();
        harness.crash();
        assertThat(harness.replicatedState()).isEqualTo(before);
        assertThat(harness.logOf(1).endOffset()).isEqualTo(9);
    }

    @Test
    void shouldNameWhatTheLastTwoManifestsName() throws IOException {
        harness.checkpoint();
        harness.apply(new DeletePartition(2, 20));
        harness.apply(create(3, 20));
        harness.checkpoint();
        assertThat(harness.disk.lastNamed()).containsExactlyInAnyOrder(1L, 2L, 3L);
        harness.checkpoint();
        assertThat(harness.disk.lastNamed()).containsExactlyInAnyOrder(1L, 3L);
    }

    @Test
    void shouldDetectEveryFlippedByte() {
        ByteBuffer manifest = harness.shard.checkpoint().manifest();
        for (int i = 0; i < manifest.limit(); i++) {
            ByteBuffer damaged = ByteBuffer.allocate(manifest.limit()).put(manifest.duplicate());
            damaged.put(i, (byte) (damaged.get(i) ^ 0x10)).flip();
            assertThatThrownBy(() -> ManifestCodec.decode(damaged)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldNotBeRestoredIntoAReplicaThatRuns() {
        ByteBuffer manifest = harness.shard.checkpoint().manifest();
        assertThatThrownBy(() -> harness.shard.restore(new CheckpointMark(9, 1), manifest))
                .isInstanceOf(IOException.class);
    }

    private void trim(long partitionId, long start) {
        harness.apply(
                new TrimPartitions(List.of(new Trim(partitionId, start, TrimReason.TRIMMED))));
    }
}
