package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.SegmentState;
import io.millrace.broker.shard.ShardCommand.CreatePartition;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private static final long NEVER = PartitionConfig.UNLIMITED;

    /** Offsets 0-10, 10-20, 20-30; 100 bytes each; last append times 1000, 2000, 3000. */
    private static final List<SegmentState> SEGMENTS =
            List.of(segment(1, 0, 500), segment(2, 10, 1_500), segment(3, 20, 2_500));

    @Test
    void shouldKeepEverythingWithoutLimits() {
        assertThat(start(NEVER, NEVER, Long.MAX_VALUE / 2)).isZero();
    }

    @Test
    void shouldRemoveWholeSegmentsByTheAgeOfTheirLastBatch() {
        assertThat(start(NEVER, 1_000, 2_000)).isZero();
        assertThat(start(NEVER, 1_000, 2_001)).isEqualTo(10);
        assertThat(start(NEVER, 1_000, 3_001)).isEqualTo(20);
    }

    @Test
    void shouldRemoveTheSegmentBeingWrittenOnceItsLastBatchIsTooOld() {
        assertThat(start(NEVER, 1_000, 4_000)).isEqualTo(20);
        assertThat(start(NEVER, 1_000, 4_001)).isEqualTo(30);
    }

    @Test
    void shouldKeepAtLeastTheSizeAskedForAndTheSegmentBeingWritten() {
        assertThat(start(300, NEVER, 0)).isZero();
        assertThat(start(201, NEVER, 0)).isZero();
        assertThat(start(200, NEVER, 0)).isEqualTo(10);
        assertThat(start(100, NEVER, 0)).isEqualTo(20);
        assertThat(start(0, NEVER, 0)).isEqualTo(20);
    }

    @Test
    void shouldNotMoveBelowTheLogStart() {
        PartitionConfig config = new PartitionConfig(1, 10_000, NEVER, 1_000, 1);
        assertThat(Retention.decide(SEGMENTS, 15, config, 2_001).startOffset()).isEqualTo(15);
        assertThat(Retention.decide(List.of(), 15, config, 2_001))
                .isEqualTo(new Retention(15, false));
    }

    @Test
    void shouldRollTheSegmentBeingWrittenWhenItsFirstBatchIsTooOld() {
        PartitionConfig bySegmentAge = new PartitionConfig(1, 700, NEVER, NEVER, 1);
        assertThat(Retention.decide(SEGMENTS, 0, bySegmentAge, 3_200).roll()).isFalse();
        assertThat(Retention.decide(SEGMENTS, 0, bySegmentAge, 3_201).roll()).isTrue();
        PartitionConfig byRetention = new PartitionConfig(1, 10_000, NEVER, 700, 1);
        assertThat(Retention.decide(SEGMENTS, 0, byRetention, 3_201).roll()).isTrue();
    }

    @Test
    void shouldProposeTrimsInBoundedCommands() throws IOException {
        ShardHarness harness = new ShardHarness();
        PartitionConfig config = new PartitionConfig(1_000, 60_000, NEVER, 1_000, 10_000);
        int count = RetentionSweep.MAX_TRIMS + 3;
        for (int id = 1; id <= count; id++) {
            harness.apply(new CreatePartition(id, 1, id, config, 1));
            harness.append(5_000, id, plainBatch(2));
        }
        harness.append(9_000, 7, plainBatch(1));
        assertThat(sweep(harness, 6_000)).isEmpty();
        List<TrimPartitions> commands = sweep(harness, 6_001);
        assertThat(commands)
                .extracting(command -> command.trims().size())
                .containsExactly(RetentionSweep.MAX_TRIMS, 2);
        commands.forEach(harness::apply);
        assertThat(harness.logOf(1).startOffset()).isEqualTo(2);
        assertThat(harness.logOf(7).startOffset()).isZero();
        assertThat(harness.shard.partition(1).trimMark())
                .contains(new TrimMark(0, 2, TrimReason.EXPIRED));
        assertThat(sweep(harness, 6_001)).isEmpty();
    }

    private static List<TrimPartitions> sweep(ShardHarness harness, long nowMs) {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(nowMs), ZoneOffset.UTC);
        return new RetentionSweep(harness.shard, clock).commands();
    }

    private static long start(long retentionBytes, long retentionMs, long nowMs) {
        PartitionConfig config =
                new PartitionConfig(1, Long.MAX_VALUE, retentionBytes, retentionMs, 1);
        return Retention.decide(SEGMENTS, 0, config, nowMs).startOffset();
    }

    private static SegmentState segment(long number, long baseOffset, long firstTimeMs) {
        return new SegmentState(
                number, baseOffset, baseOffset + 10, 5, 100, firstTimeMs, firstTimeMs + 500);
    }
}
