package io.millrace.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapWatchTest {
    private final GapWatch watch = new GapWatch(1_000);

    @Test
    void shouldFindTheLongestGap() {
        came(1_010, 1_400, 1_410, 1_500);

        assertThat(watch.longestNanos(1_505)).isEqualTo(390);
        assertThat(watch.count()).isEqualTo(4);
    }

    @Test
    void shouldCountAGapThatGoesOn() {
        came(1_010);

        assertThat(watch.longestNanos(1_710)).isEqualTo(700);
        came(1_711);
        assertThat(watch.longestNanos(1_712)).isEqualTo(701);
    }

    @Test
    void shouldForgetOnlyWhatIsOver() {
        came(1_500, 1_510);
        watch.forget();
        came(1_540);

        assertThat(watch.longestNanos(1_541)).as("from before it was forgotten").isEqualTo(30);
        watch.forget();
        assertThat(watch.longestNanos(1_541)).isEqualTo(1);
    }

    @Test
    void shouldBearThatOneIsToldLate() {
        came(1_100, 1_050, 1_110);

        assertThat(watch.longestNanos(1_110)).isEqualTo(100);
        assertThat(watch.count()).isEqualTo(3);
    }

    private void came(long... nanos) {
        for (long each : nanos) {
            watch.came(each);
        }
    }
}
