package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlignedSchedulerTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    @Test
    void shouldBringHeartbeatsOfAllShardsTogether() {
        // Answers come at different moments after the last beat; the next one is common to all.
        for (long answered : List.of(0L, 3L, 21L, 49L)) {
            long now = 7_000 * MS + answered * MS;
            assertThat(now + AlignedScheduler.align(now, 100 * MS)).isEqualTo(7_100 * MS);
        }
    }

    @Test
    void shouldMoveByHalfAStepAtMost() {
        for (long now : List.of(-987_654_321_987L, -1L, 0L, 1L, 123_456_789_123L)) {
            for (long delay = 50 * MS; delay < 2_000 * MS; delay += 7 * MS + 13) {
                long aligned = AlignedScheduler.align(now, delay);
                assertThat(Math.abs(aligned - delay))
                        .as("delay %d at %d", delay, now)
                        .isLessThanOrEqualTo(AlignedScheduler.GRID_NANOS / 2);
                assertThat(aligned).isNotNegative();
            }
        }
    }

    @Test
    void shouldLeaveShortWaitsAlone() {
        assertThat(AlignedScheduler.align(123, 49 * MS)).isEqualTo(49 * MS);
        assertThat(AlignedScheduler.align(123, 0)).isZero();
        assertThat(AlignedScheduler.align(123, -5)).isEqualTo(-5);
    }
}
