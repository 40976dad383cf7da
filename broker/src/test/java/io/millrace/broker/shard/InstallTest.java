package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.batch;
import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.broker.shard.ShardCommand.ConfigurePartition;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.raft.StateMachine.CheckpointMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that is far behind takes over the checkpoint of another one. */
class InstallTest {

    private ShardHarness leader;
    private ShardHarness behind;

    /** Both have 10 batches of 3 in partition 1; the leader alone has 20 more, and partition 2. */
    @BeforeEach
    void fallBehind() throws IOException {
        leader = new ShardHarness();
        behind = new ShardHarness();
        leader.apply(create(1, 10));
        append(1, 0, 10);
        behind.follow(leader);
        behind.checkpoint();
        append(1, 10, 20);
        leader.apply(create(2, 10));
        append(2, 0, 5);
    }

    private void append(long partitionId, int from, int batches) {
        for (int i = from; i < from + batches; i++) {
            leader.append(100 + i, partitionId, batch(5, 0, 3L * i, 3));
        }
    }

    private List<OffsetRange> holes(long partitionId) {
        return behind.logOf(partitionId).holes();
    }

    private void install() throws IOException {
        leader.checkpoint();
        behind.install(leader);
    }

    private void pullAll() throws IOException {
        for (PartitionView partition : behind.shard.partitions()) {
            while (behind.pull(leader, partition.partitionId(), 1 << 20)) {
                assertThat(behind.shard.isWhole()).isFalse();
            }
        }
    }

    private void expectSame() throws IOException {
        assertThat(behind.replicatedState()).isEqualTo(leader.replicatedState());
        for (PartitionView partition : leader.shard.partitions()) {
            long id = partition.partitionId();
            assertThat(behind.batchesOf(id)).isEqualTo(leader.batchesOf(id));
        }
    }

    /** S3a, L1: it takes part at once, and says of what it has not got that it is missing. */
    @Test
    void shouldKeepWhatItHasAndMissTheRest() throws IOException {
        install();

        assertThat(holes(1)).containsExactly(new OffsetRange(30, 90));
        assertThat(holes(2)).containsExactly(new OffsetRange(0, 15));
        assertThat(behind.shard.missingRecords()).isEqualTo(75);
        assertThat(behind.shard.isWhole()).isFalse();
        assertThat(behind.replicatedState()).isEqualTo(leader.replicatedState());
        try (LogReader reader = behind.logOf(1).reader(0)) {
            assertThat(reader.read(1 << 20)).hasSize(10);
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(MissingException.class);
        }
        append(1, 30, 5);
        behind.follow(leader);
        assertThat(behind.replicatedState()).isEqualTo(leader.replicatedState());
        pullAll();
        expectSame();
    }

    @Test
    void shouldGoOnTellingDuplicatesOfWhatItNeverSaw() throws IOException {
        install();

        assertThat(behind.append(300, 1, batch(5, 0, 87, 3))).isEqualTo(new Duplicate(87, 1, 129));
        assertThat(ShardHarness.offsetOf(behind.append(50, 1, batch(5, 0, 90, 3)))).isEqualTo(90);
    }

    /** S3c: the log that could have brought them again is dropped with the install. */
    @Test
    void shouldForceWhatIsKeptBeforeAManifestCountsOnIt() throws IOException {
        append(1, 30, 4);
        behind.follow(leader);
        leader.checkpoint();
        append(1, 34, 6);
        install();
        assertThat(holes(1)).containsExactly(new OffsetRange(102, 120));

        behind.crash();

        assertThat(holes(1)).containsExactly(new OffsetRange(102, 120));
        assertThat(behind.batchesUpTo(1, 102)).isEqualTo(leader.batchesUpTo(1, 102));
    }

    @Test
    void shouldCarryHolesThroughCheckpointsAndCrashes() throws IOException {
        install();
        behind.pull(leader, 1, 300);
        List<OffsetRange> before = holes(1);
        assertThat(before.get(0).from()).isBetween(31L, 89L);
        behind.checkpoint();
        behind.pull(leader, 1, 300);
        assertThat(holes(1)).isNotEqualTo(before);

        behind.crash();

        assertThat(holes(1)).isEqualTo(before);
        assertThat(behind.shard.isWhole()).isFalse();
        pullAll();
        behind.checkpoint();
        behind.crash();
        assertThat(behind.shard.isWhole()).isTrue();
        expectSame();
    }

    /** What was filled in could be gone after a power cut: nobody may count on it yet. */
    @Test
    void shouldNotBeWholeBeforeACheckpointHasWhatWasFilledIn() throws IOException {
        install();
        assertThat(behind.shard.wantsCheckpoint()).isFalse();
        pullAll();
        assertThat(behind.shard.isWhole()).isFalse();
        assertThat(behind.shard.missingRecords()).isEqualTo(1);
        assertThat(behind.shard.wantsCheckpoint()).isTrue();

        behind.checkpoint();

        assertThat(behind.shard.isWhole()).isTrue();
        assertThat(behind.shard.missingRecords()).isZero();
        assertThat(behind.shard.wantsCheckpoint()).isFalse();
    }

    /** L1: while it pulled, the leader's log has moved on once more. */
    @Test
    void shouldInstallOverAPartlyFilledLog() throws IOException {
        install();
        behind.pull(leader, 1, 600);
        long filled = holes(1).get(0).from();
        append(1, 30, 10);
        trim(leader, 1, 40);

        install();

        assertThat(filled).isGreaterThan(40);
        assertThat(holes(1)).containsExactly(new OffsetRange(filled, 120));
        behind.crash();
        assertThat(holes(1)).containsExactly(new OffsetRange(filled, 120));
        pullAll();
        expectSame();
    }

    @Test
    void shouldTrimAcrossHoles() throws IOException {
        install();
        behind.pull(leader, 1, 600);
        for (long start : new long[] {20, 31, 75, 90}) {
            trim(leader, 1, start);
            behind.follow(leader);
            assertThat(behind.logOf(1).startOffset()).isEqualTo(start);
            assertThat(behind.replicatedState()).isEqualTo(leader.replicatedState());
            behind.checkpoint();
            behind.crash();
            assertThat(behind.replicatedState()).isEqualTo(leader.replicatedState());
        }
        assertThat(holes(1)).isEmpty();
    }

    @Test
    void shouldDeleteAPartitionThatIsBeingFilled() throws IOException {
        install();
        behind.pull(leader, 1, 300);
        leader.apply(new DeletePartition(1, 20));
        behind.follow(leader);

        assertThat(behind.shard.missingRecords()).isEqualTo(15);
        pullAll();
        behind.checkpoint();
        assertThat(behind.shard.isWhole()).isTrue();
        expectSame();
    }

    @Test
    void shouldDropCreateAndConfigureAsTheOtherHas() throws IOException {
        List<String> heard = new ArrayList<>();
        behind.shard.addListener(
                new DataShardListener() {
                    @Override
                    public void partitionCreated(PartitionView partition) {
                        heard.add("created " + partition.partitionId());
                    }

                    @Override
                    public void partitionDeleted(PartitionView partition) {
                        heard.add("deleted " + partition.partitionId());
                    }

                    @Override
                    public void partitionConfigured(PartitionView partition) {
                        heard.add("configured " + partition.partitionId());
                    }

                    @Override
                    public void partitionTrimmed(PartitionView partition) {
                        heard.add("trimmed " + partition.partitionId());
                    }

                    @Override
                    public void recordsMissing() {
                        heard.add("missing");
                    }
                });
        PartitionConfig config = new PartitionConfig(5, 6, 7, 8, 9_000);
        leader.apply(new ConfigurePartition(1, config, 11));
        trim(leader, 1, 17);
        PartitionView gone = behind.shard.partition(1);
        install();

        assertThat(heard).contains("configured 1", "trimmed 1", "created 2", "missing");
        assertThat(behind.shard.partition(1).config()).isEqualTo(config);
        assertThat(behind.shard.partition(1).trimMark())
                .contains(new TrimMark(0, 17, TrimReason.TRIMMED));

        leader.apply(new DeletePartition(1, 20));
        install();
        assertThat(heard).contains("deleted 1");
        assertThat(gone.exists()).isFalse();
        assertThat(behind.shard.partition(1)).isNull();
        assertThat(behind.shard.isDeleted(1)).isTrue();
    }

    /** Nothing is deleted because nobody knows of it. */
    @Test
    void shouldNotDropAPartitionWithoutATombstone() throws IOException {
        ShardHarness stranger = new ShardHarness();
        for (int i = 0; i < 20; i++) {
            stranger.apply(create(3, 10));
        }
        stranger.checkpoint();

        assertThatThrownBy(() -> behind.install(stranger))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("neither has partition 1");
    }

    @Test
    void shouldNotGoBackToAnOlderState() throws IOException {
        leader.checkpoint();
        append(1, 30, 1);
        behind.follow(leader);

        assertThatThrownBy(() -> behind.install(leader))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("this replica that of");
    }

    @Test
    void shouldInstallBeforeItHasStarted() throws IOException {
        leader.checkpoint();
        ByteBuffer sent = leader.shard.replicatedPart(leader.shard.checkpoint().manifest());
        MemoryPartitionLogStore store = new MemoryPartitionLogStore();
        DataShard empty = new DataShard(1, store, ProducerLimits.DEFAULT, ShardCounters.NONE);
        empty.install(new CheckpointMark(leader.log.size(), 1), sent);
        empty.started();

        assertThat(empty.partitions()).hasSize(2);
        assertThat(empty.missingRecords()).isEqualTo(105);
        assertThat(empty.appliedIndex()).isEqualTo(leader.shard.appliedIndex());
    }

    @Test
    void shouldNotTakeDamagedBytes() throws IOException {
        ByteBuffer sent = leader.shard.replicatedPart(leader.shard.checkpoint().manifest());
        for (int i = 0; i < sent.limit(); i++) {
            ByteBuffer damaged = ByteBuffer.allocate(sent.limit()).put(sent.duplicate());
            damaged.put(i, (byte) (damaged.get(i) ^ 4)).flip();
            assertThatThrownBy(() -> ManifestCodec.decodeReplicated(damaged))
                    .isInstanceOf(IOException.class);
        }
    }

    /** A replica without holes may have been written by the release before. */
    @Test
    void shouldReadAManifestOfTheTimeBeforeHoles() throws IOException {
        leader.append(100, 2, plainBatch(1));
        ByteBuffer now = leader.shard.checkpoint().manifest();
        ByteBuffer before = OldManifests.withoutHoles(now);

        Manifest read = ManifestCodec.decode(before);

        assertThat(before.remaining()).isEqualTo(now.remaining() - 2 - OldManifests.NO_GROUPS);
        assertThat(ManifestCodec.encode(read)).isEqualTo(now);
    }

    private static void trim(ShardHarness harness, long partitionId, long start) {
        harness.apply(
                new TrimPartitions(List.of(new Trim(partitionId, start, TrimReason.TRIMMED))));
    }
}
