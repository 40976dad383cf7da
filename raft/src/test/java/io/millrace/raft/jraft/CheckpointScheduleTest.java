package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.jraft.CheckpointSchedule.Load;
import io.millrace.raft.wal.WalUsage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CheckpointScheduleTest {

    private static final long INTERVAL = 1_000_000;

    private final CheckpointSchedule schedule = new CheckpointSchedule(100, INTERVAL);

    private List<Integer> due(long now, int fill, Load... loads) {
        return schedule.plan(List.of(loads), MemoryJournal.filled(fill, 1), now).due();
    }

    private static Load load(int shard, long checkpoint, boolean news, long bytes) {
        return new Load(shard, checkpoint, news, bytes, false);
    }

    @Test
    void shouldBeDueAfterSoManyBytesSinceTheCheckpoint() {
        assertThat(due(0, 0, load(2, 5, true, 0))).isEmpty();
        assertThat(due(1, 0, load(2, 5, true, 99))).isEmpty();
        assertThat(due(2, 0, load(2, 5, true, 100))).containsExactly(2);
        assertThat(due(3, 0, load(2, 9, true, 150))).as("a new checkpoint").isEmpty();
        assertThat(due(4, 0, load(2, 9, true, 250))).containsExactly(2);
    }

    @Test
    void shouldBeDueEarlierWhenManyShardsShareASmallJournal() {
        CheckpointSchedule large = new CheckpointSchedule(1_000, INTERVAL);
        WalUsage small = new WalUsage(0, 3_000, Set.of(), Map.of());
        List<Load> before = List.of(load(0, 5, true, 0), load(1, 5, true, 0));
        large.plan(before, small, 0);

        List<Load> after = List.of(load(0, 5, true, 299), load(1, 5, true, 300));
        assertThat(large.plan(after, small, 1).due()).containsExactly(1);
    }

    @Test
    void shouldBeDueAfterAWhileOnlyIfAnythingWasApplied() {
        assertThat(due(0, 0, load(2, 5, true, 0))).isEmpty();
        assertThat(due(INTERVAL, 0, load(2, 5, false, 0))).isEmpty();
        assertThat(due(INTERVAL, 0, load(2, 5, true, 0))).containsExactly(2);
    }

    @Test
    void shouldLeaveAFailedCheckpointAloneForAWhile() {
        due(0, 0, load(2, 5, true, 0));
        assertThat(due(1, 0, load(2, 5, true, 100))).containsExactly(2);
        assertThat(due(2, 0, load(2, 5, true, 100))).isEmpty();
        long later = 1 + CheckpointSchedule.RETRY_NANOS;
        assertThat(due(later, 0, load(2, 5, true, 100))).containsExactly(2);
    }

    @Test
    void shouldPutTheShardThatPinsTheJournalFirst() {
        due(0, 0, load(0, 5, true, 0), load(1, 5, true, 0));
        assertThat(due(1, 50, load(0, 5, true, 100), load(1, 5, true, 1))).containsExactly(1, 0);
    }

    @Test
    void shouldBeDueSoonWhenDiskSpaceWaitsForIt() {
        CheckpointSchedule hourly = new CheckpointSchedule(100, 3_600_000_000_000L);
        Load news = new Load(2, 5, true, 0, true);
        Load idle = new Load(2, 5, false, 0, true);
        WalUsage usage = MemoryJournal.filled(0, 1);
        hourly.plan(List.of(news), usage, 0);
        long soon = CheckpointSchedule.WANTED_NANOS;
        assertThat(hourly.plan(List.of(news), usage, soon - 1).due()).isEmpty();
        assertThat(hourly.plan(List.of(idle), usage, soon - 1).moveOn()).isEmpty();
        assertThat(hourly.plan(List.of(idle), usage, soon).moveOn()).containsExactly(2);
        assertThat(hourly.plan(List.of(news), usage, soon).due()).containsExactly(2);
    }

    @Test
    void shouldMoveOnAPinningShardThatHasNothingNew() {
        Load idle = load(1, 5, false, 0);
        assertThat(schedule.plan(List.of(idle), MemoryJournal.filled(49, 1), 0).moveOn()).isEmpty();
        assertThat(schedule.plan(List.of(idle), MemoryJournal.filled(50, 1), 1).moveOn())
                .containsExactly(1);
        assertThat(schedule.plan(List.of(idle), MemoryJournal.filled(50, 2), 1).moveOn()).isEmpty();
    }
}
