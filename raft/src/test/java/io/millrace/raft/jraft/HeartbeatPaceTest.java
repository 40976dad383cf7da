package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeartbeatPaceTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private long now;
    private final HeartbeatPace pace = new HeartbeatPace(() -> now);

    @Test
    void shouldBringHeartbeatsOfAllShardsTogether() {
        // Answers come at different moments after the last beat; the next one is common to all.
        for (long answered : List.of(0L, 3L, 21L, 49L)) {
            at(7_000 * MS + answered * MS);
            pace.written();
            assertThat(now + pace.align(100 * MS)).isEqualTo(7_100 * MS);
        }
    }

    @Test
    void shouldMoveByHalfAStepAtMostWhereRecordsAreWritten() {
        for (long time : List.of(-987_654_321_987L, -1L, 0L, 1L, 123_456_789_123L)) {
            at(time);
            pace.written();
            for (long delay = 50 * MS; delay < 2_000 * MS; delay += 7 * MS + 13) {
                long aligned = pace.align(delay);
                assertThat(Math.abs(aligned - delay))
                        .as("delay %d at %d", delay, time)
                        .isLessThanOrEqualTo(HeartbeatPace.GRID_NANOS / 2);
                assertThat(aligned).isNotNegative();
            }
        }
    }

    @Test
    void shouldLeaveShortWaitsAlone() {
        at(123);
        pace.written();
        assertThat(pace.align(49 * MS)).isEqualTo(49 * MS);
        assertThat(pace.align(0)).isZero();
        assertThat(pace.align(-5)).isEqualTo(-5);
    }

    @Test
    void shouldBeatHalfAsOftenWhereNobodyHasWrittenForASecond() {
        at(7_000 * MS);
        pace.written();
        at(7_900 * MS);
        assertThat(now + pace.align(100 * MS)).isEqualTo(8_000 * MS);
        // From an odd step and from an even one, and however long the answer took.
        for (long beat : List.of(9_000L, 9_200L)) {
            for (long answered : List.of(0L, 3L, 21L)) {
                at((beat + answered) * MS);
                assertThat(now + pace.align((100 - answered) * MS)).isEqualTo((beat + 200) * MS);
            }
        }
        at(9_100 * MS);
        assertThat(now + pace.align(100 * MS)).isEqualTo(9_200 * MS);

        pace.written();
        assertThat(now + pace.align(100 * MS)).isEqualTo(9_200 * MS);
        at(9_200 * MS);
        assertThat(now + pace.align(100 * MS)).isEqualTo(9_300 * MS);
    }

    @Test
    void shouldLeaveOutNoHeartbeatOfAShorterElectionTimeoutAndNoLongerWait() {
        at(7_000 * MS);
        pace.written();
        at(9_000 * MS);
        assertThat(now + pace.align(60 * MS)).isEqualTo(9_100 * MS);
        assertThat(now + pace.align(500 * MS)).isEqualTo(9_500 * MS);
    }

    private void at(long time) {
        now = time;
    }
}
