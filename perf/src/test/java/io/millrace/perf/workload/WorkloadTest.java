package io.millrace.perf.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.batch.Compression;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {

    @ParameterizedTest
    @CsvSource({
        "-1, 100, 0, 1, --records is -1; it must be 0 to 10000000000",
        "1, 35, 0, 1, --record-size is 35; it must be 36 to 8387584 bytes",
        "1, 8387585, 0, 1, --record-size is 8387585; it must be 36 to 8387584 bytes",
        "1, 100, 1000001, 1, --key-count is 1000001; it must be 0 to 1000000",
        "1, 100, 0, 1001, --publishers is 1001; it must be 1 to 1000",
        "0, 100, 0, 1, give --records or --duration",
    })
    void shouldNameTheOptionAndItsLimits(
            long records, int recordSize, int keys, int publishers, String message) {
        assertThatThrownBy(() -> Workloads.of(records, recordSize, keys, publishers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseAWarmUpOfMoreThanADay() {
        assertThatThrownBy(() -> timed(Duration.ofSeconds(1), Duration.ofHours(25), 0))
                .hasMessage("--warm-up is 90000000 ms; it must be 0 to 86400 s");
    }

    @Test
    void shouldRefuseMemoryForLessThanTwoRecords() {
        assertThatThrownBy(() -> Workloads.ofMemory(8_000_000, 1 << 20))
                .hasMessageContaining("--memory is 1048576 bytes");
    }

    @Test
    void shouldShareTheRecordsAmongPublishers() {
        Workload workload = Workloads.of(10, 100, 0, 3);
        assertThat(new long[] {workload.recordsOf(0), workload.recordsOf(1), workload.recordsOf(2)})
                .containsExactly(4, 3, 3);
    }

    @Test
    void shouldEndAfterWarmUpAndDuration() {
        assertThat(timed(Duration.ofSeconds(3), Duration.ofSeconds(2), 10).endNanos())
                .isEqualTo(5_000_000_000L);
    }

    private static Workload timed(Duration duration, Duration warmUp, long rate) {
        return new Workload(
                0,
                duration,
                warmUp,
                100,
                0,
                64 << 10,
                Duration.ZERO,
                Compression.NONE,
                rate,
                1,
                1,
                32 << 20,
                1);
    }
}
