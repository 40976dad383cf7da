package io.millrace.tests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tests.history.Anomaly.Subject;
import io.millrace.tests.processes.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The judge finds what is wrong, all of it, by its name, and nothing else. */
class HistoryCheckerTest {

    private static final Duration PATIENCE =
            Duration.ofNanos(4 * GeneratedHistory.HEAL_AFTER_NANOS);
    private static final int ROUNDS = 5;
    private static final int STEPS = 2_000;

    private final Random random = Seed.random("HistoryCheckerTest");

    @TempDir Path directory;

    @Test
    void shouldFindNothingInValidHistories() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            Path place = directory.resolve("valid-" + i);
            GeneratedHistory.of(random, 1 + random.nextInt(4), STEPS).write(place);

            Verdict verdict = HistoryChecker.check(place, PATIENCE);

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            assertThat(verdict.counts().acknowledged()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("anomaliesOfLogs")
    void shouldFindExactlyWhatIsWrong(Anomaly anomaly) throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            GeneratedHistory history = spoilt(anomaly);
            Path place = directory.resolve("spoilt-" + i);
            history.write(place);

            Verdict verdict = HistoryChecker.check(place, PATIENCE);

            assertThat(verdict.anomalies().keySet()).as("%s", verdict).containsExactly(anomaly);
            assertThat(verdict.text()).contains(anomaly.label());
        }
    }

    static Stream<Anomaly> anomaliesOfLogs() {
        return Anomaly.about(Subject.LOG);
    }

    @Test
    @Timeout(30)
    void shouldCheckAMillionEventsInSeconds() throws IOException {
        GeneratedHistory.of(random, 8, 700_000).write(directory);
        assertThat(History.open(directory).eventCount()).isGreaterThan(1_000_000);

        long begin = System.nanoTime();
        Verdict verdict = HistoryChecker.check(directory, PATIENCE);
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        assertThat(taken).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void shouldRefuseAHistoryThatAnswersWhatWasNeverSent() throws IOException {
        try (HistoryWriter writer = HistoryWriter.create(directory, "client", () -> 1)) {
            writer.sendAcknowledged(0, Value.of(1, 0), 0);
        }

        assertThatThrownBy(() -> HistoryChecker.check(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("never sent");
    }

    @Test
    void shouldSayThatADirectoryHoldsNoHistory() {
        assertThatThrownBy(() -> HistoryChecker.check(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no *.history files");
    }

    /** Not each history has the place that an anomaly needs. */
    private GeneratedHistory spoilt(Anomaly anomaly) {
        for (int attempt = 0; attempt < 20; attempt++) {
            GeneratedHistory history = GeneratedHistory.of(random, 2, STEPS);
            if (new Mutations(history).apply(anomaly)) {
                return history;
            }
        }
        throw new IllegalStateException("no history can show " + anomaly.label());
    }
}
