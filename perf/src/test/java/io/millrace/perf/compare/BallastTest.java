package io.millrace.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.perf.host.MemorySample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BallastTest {
    private static final long MIB = 1L << 20;
    private static final long TOTAL = 256 * MIB;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;

    /** Falls with each look, by what is read between two. */
    private final AtomicLong free = new AtomicLong(100 * MIB);

    @Test
    void shouldFillOnlyWhileItIsWanted() throws Exception {
        try (Ballast ballast = Ballast.open(directory.resolve("ballast"), this::sample)) {
            assertThat(ballast.awaitFull(Duration.ZERO)).as("not wanted yet").isTrue();
            assertThat(free.get()).isGreaterThan(90 * MIB);

            ballast.resume();
            assertThat(ballast.awaitFull(LONG)).isTrue();
            assertThat(free.get()).isLessThanOrEqualTo(TOTAL / 64);

            ballast.pause();
            free.set(50 * MIB);
            long left = free.get();
            assertThat(ballast.awaitFull(Duration.ofMillis(10))).isTrue();
            assertThat(free).hasValue(left);

            ballast.resume();
            assertThat(ballast.awaitFull(LONG)).isTrue();
            assertThat(free.get()).isLessThanOrEqualTo(TOTAL / 64);
            assertThat(ballast.problem()).isNull();
        }
    }

    @Test
    void shouldFillWhatBecomesFree() throws Exception {
        try (Ballast ballast = Ballast.open(directory.resolve("ballast"), this::sample)) {
            ballast.resume();
            assertThat(ballast.awaitFull(LONG)).isTrue();

            free.set(60 * MIB);

            await().atMost(LONG).until(() -> free.get() <= TOTAL / 64);
        }
    }

    @Test
    void shouldLeaveNoFileBehind() throws IOException {
        try (Ballast ballast = Ballast.open(directory.resolve("ballast"), this::sample)) {
            ballast.resume();
            assertThat(directory).as("also after kill -9").isEmptyDirectory();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldTellWhyItDoesNotFill() throws Exception {
        AtomicLong looks = new AtomicLong();
        Ballast.Memory broken =
                () -> {
                    if (looks.incrementAndGet() > 1) {
                        throw new IOException("no meminfo");
                    }
                    return new MemorySample(TOTAL, 100 * MIB);
                };
        try (Ballast ballast = Ballast.open(directory.resolve("ballast"), broken)) {
            ballast.resume();

            assertThat(ballast.awaitFull(LONG)).isTrue();
            assertThat(ballast.problem()).contains("no meminfo");
            ballast.pause();
        }
    }

    @Test
    void shouldDoNothingWhereNothingIsToBeFilled() throws Exception {
        try (Ballast none = Ballast.none()) {
            none.resume();
            assertThat(none.awaitFull(LONG)).isTrue();
            none.pause();
            assertThat(none.problem()).isNull();
        }
    }

    private MemorySample sample() {
        return new MemorySample(TOTAL, Math.max(MIB, free.addAndGet(-4 * MIB) + 4 * MIB));
    }
}
