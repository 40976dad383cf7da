package io.millrace.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.host.MemorySample;
import org.junit.jupiter.api.Test;

class FillGaugeTest {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;
    private static final long TOTAL = 16 * GIB;

    @Test
    void shouldFillUntilNextToNothingIsFree() {
        FillGauge gauge = new FillGauge(free(10 * GIB));
        long free = 10 * GIB;
        long read = 0;
        while (gauge.wantsMore()) {
            free -= 8 * MIB;
            read += 8 * MIB;
            gauge.add(8 * MIB, free(free));
        }

        assertThat(free).isEqualTo(TOTAL / 64);
        assertThat(read).isEqualTo(10 * GIB - TOTAL / 64);
        assertThat(FillGauge.isFull(free(free))).isTrue();
        assertThat(new FillGauge(free(free)).wantsMore()).isFalse();
    }

    @Test
    void shouldEndWhereReadingChangesNothing() {
        // A container may use a part of the memory only: the rest stays free, whatever is read.
        FillGauge gauge = new FillGauge(free(10 * GIB));
        long read = 0;
        while (gauge.wantsMore()) {
            read += 8 * MIB;
            gauge.add(8 * MIB, free(10 * GIB));
        }

        assertThat(read).isEqualTo(3 * TOTAL / 64);
    }

    @Test
    void shouldGoOnThoughOthersFreeMemoryOnce() {
        FillGauge gauge = new FillGauge(free(4 * GIB));
        gauge.add(512 * MIB, free(6 * GIB));
        gauge.add(512 * MIB, free(6 * GIB));
        assertThat(gauge.wantsMore()).isTrue();
        gauge.add(512 * MIB, free(5 * GIB));
        gauge.add(512 * MIB, free(5 * GIB));
        gauge.add(512 * MIB, free(5 * GIB));
        assertThat(gauge.wantsMore()).as("two stretches in vain since").isTrue();
    }

    @Test
    void shouldBeginAgainWhenMuchBecomesFree() {
        FillGauge gauge = new FillGauge(free(GIB));
        gauge.add(GIB, free(TOTAL / 64));

        assertThat(gauge.isOutdatedBy(free(TOTAL / 32))).isFalse();
        assertThat(gauge.isOutdatedBy(free(TOTAL / 32 + 1))).isTrue();
    }

    private static MemorySample free(long bytes) {
        return new MemorySample(TOTAL, bytes);
    }
}
