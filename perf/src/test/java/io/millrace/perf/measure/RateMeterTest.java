package io.millrace.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RateMeterTest {
    private static final long TENTH = 100_000_000L;
    private static final long SECOND = 10 * TENTH;

    private final RateMeter meter = new RateMeter(2 * SECOND);

    @Test
    void shouldLeaveOutTheWarmUp() {
        meter.count(SECOND, 1_000, 1_000);
        meter.count(2 * SECOND, 10, 1_000);
        meter.count(4 * SECOND, 30, 3_000_000);
        Throughput through = meter.throughput();
        assertThat(through.records()).isEqualTo(40);
        assertThat(through.seconds()).isEqualTo(2);
        assertThat(through.recordsPerSecond()).isEqualTo(20);
        assertThat(through.megabytesPerSecond()).isCloseTo(1.5005, within(1e-9));
        assertThat(through.worstSecond()).isNull();
    }

    @Test
    void shouldFindAStallThatLiesAcrossTwoSeconds() {
        for (int tenth = 20; tenth <= 60; tenth++) {
            boolean stalled = tenth > 35 && tenth <= 45;
            meter.count(tenth * TENTH, stalled ? 0 : 100, 0);
            meter.sample(tenth * TENTH);
        }
        assertThat(meter.throughput().worstSecond()).isZero();
    }

    @Test
    void shouldMeasureASecondThatWasSampledLateByItsLength() {
        meter.sample(2 * SECOND);
        meter.count(3 * SECOND, 300, 0);
        meter.sample(5 * SECOND);
        assertThat(meter.throughput().worstSecond()).isEqualTo(100);
    }

    @Test
    void shouldBeQuietWhenNothingCame() {
        assertThat(meter.throughput()).isEqualTo(new Throughput(0, 0, 0, 0, 0, null));
    }
}
