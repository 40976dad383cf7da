package io.millrace.perf.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void shouldSpaceRecordsEvenly() {
        Schedule schedule = new Schedule(4, 0, 1);
        assertThat(schedule.dueNanos(0)).isZero();
        assertThat(schedule.dueNanos(1)).isEqualTo(250_000_000L);
        assertThat(schedule.dueNanos(5)).isEqualTo(1_250_000_000L);
    }

    @Test
    void shouldLetPublishersTakeTurns() {
        TreeSet<Long> due = new TreeSet<>();
        for (int publisher = 0; publisher < 3; publisher++) {
            for (int i = 0; i < 100; i++) {
                due.add(new Schedule(1_000, publisher, 3).dueNanos(i));
            }
        }
        assertThat(due).hasSize(300);
        assertThat(due.last()).isEqualTo(299_000_000L);
    }

    @Test
    void shouldNotDriftWhenTheRateDoesNotDivideASecond() {
        assertThat(new Schedule(3, 0, 1).dueNanos(3_000_000_000L))
                .isEqualTo(1_000_000_000L * 1_000_000_000L);
        assertThat(new Schedule(99_999_999, 0, 1).dueNanos(99_999_999L * 86_400))
                .isEqualTo(86_400L * 1_000_000_000L);
    }
}
