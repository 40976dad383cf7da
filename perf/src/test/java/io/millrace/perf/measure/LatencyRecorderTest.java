package io.millrace.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class LatencyRecorderTest {

    @Test
    void shouldKeepThreeDigits() {
        LatencyRecorder recorder = new LatencyRecorder();
        for (int i = 1; i <= 1_000; i++) {
            recorder.record(i * 1_000_000L);
        }
        Latency latency = recorder.latency();
        assertThat(latency.count()).isEqualTo(1_000);
        assertThat(latency.p50()).isCloseTo(500, withinPercentage(0.1));
        assertThat(latency.p95()).isCloseTo(950, withinPercentage(0.1));
        assertThat(latency.p99()).isCloseTo(990, withinPercentage(0.1));
        assertThat(latency.p999()).isCloseTo(999, withinPercentage(0.1));
        assertThat(latency.max()).isCloseTo(1_000, withinPercentage(0.1));
        assertThat(latency.mean()).isCloseTo(500.5, withinPercentage(0.1));
    }

    @Test
    void shouldCountLongerThanAnHourAsAnHour() {
        LatencyRecorder recorder = new LatencyRecorder();
        recorder.record(Long.MAX_VALUE);
        recorder.record(-1);
        assertThat(recorder.latency().max()).isCloseTo(3_600_000, withinPercentage(0.1));
        assertThat(recorder.latency().count()).isEqualTo(2);
    }

    @Test
    void shouldSayNothingOfNothing() {
        assertThat(new LatencyRecorder().latency()).isEqualTo(new Latency(0, 0, 0, 0, 0, 0, 0));
    }
}
