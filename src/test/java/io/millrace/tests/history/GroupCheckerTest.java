package io.millrace.tests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Anomaly.Subject;
import io.millrace.tests.processes.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The judge finds what is wrong with a group, all of it, by its name, and nothing else. */
class GroupCheckerTest {

    private static final Duration PATIENCE =
            Duration.ofNanos(4 * GeneratedHistory.HEAL_AFTER_NANOS);
    private static final int ROUNDS = 3;
    private static final int STEPS = 1_000;
    private static final int ATTEMPTS = 50;

    private final Random random = Seed.random("GroupCheckerTest");

    @TempDir Path directory;

    @Test
    void shouldFindNothingInWhatGoodGroupsDo() throws IOException {
        for (int i = 0; i < 4 * ROUNDS; i++) {
            GeneratedHistory history = GeneratedHistory.of(random, 1 + random.nextInt(4), STEPS);
            GeneratedGroup.join(history, random);

            Verdict verdict = judge(history, i);

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            assertThat(verdict.counts().delivered()).isPositive();
        }
    }

    @Test
    void shouldFindNothingInWhatGoodQueuesDo() throws IOException {
        for (int i = 0; i < 4 * ROUNDS; i++) {
            GeneratedHistory history = GeneratedHistory.of(random, 1 + random.nextInt(4), STEPS);
            GeneratedQueue.join(history, random);

            Verdict verdict = judge(history, i);

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            assertThat(verdict.counts().delivered()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("anomaliesOfGroups")
    void shouldFindExactlyWhatIsWrongWithAGroup(Anomaly anomaly) throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            GeneratedHistory history =
                    spoilt(GeneratedGroup::join, it -> new GroupMutations(it).apply(anomaly));

            Verdict verdict = judge(history, i);

            assertThat(verdict.anomalies().keySet()).as("%s", verdict).containsExactly(anomaly);
            assertThat(verdict.text()).contains(anomaly.label());
        }
    }

    @ParameterizedTest
    @MethodSource("anomaliesOfQueues")
    void shouldFindExactlyWhatIsWrongWithAQueue(Anomaly anomaly) throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            GeneratedHistory history =
                    spoilt(GeneratedQueue::join, it -> new QueueMutations(it).apply(anomaly));

            Verdict verdict = judge(history, i);

            assertThat(verdict.anomalies().keySet()).as("%s", verdict).containsExactly(anomaly);
            assertThat(verdict.text()).contains(anomaly.label());
        }
    }

    @Test
    void shouldMeasureGapsBeforeAndAfterFaults() {
        DeliveryGaps gaps = new DeliveryGaps(ms(100), new long[] {ms(1_000), ms(2_000)});
        // Before the group is steady nothing counts; a gap is cut where the next fault begins.
        for (long at : new long[] {0, 150, 200, 300, 950, 1_040, 1_700, 2_900}) {
            gaps.delivered(ms(at));
        }
        gaps.moved(ms(2_500));
        gaps.end(7);

        DeliveryGaps.Of seventh = gaps.partitions().get(0);

        assertThat(seventh.partition()).isEqualTo(7);
        assertThat(seventh.before()).isEqualTo(ms(650));
        assertThat(seventh.after()).containsExactly(ms(660), ms(1_200));
        assertThat(seventh.moved()).containsExactly(false, true);
        assertThat(gaps.longestBefore()).isEqualTo(ms(650));
    }

    static Stream<Anomaly> anomaliesOfGroups() {
        return Anomaly.about(Subject.GROUP);
    }

    static Stream<Anomaly> anomaliesOfQueues() {
        return Stream.concat(Stream.of(Anomaly.UNDELIVERED), Anomaly.about(Subject.QUEUE));
    }

    private Verdict judge(GeneratedHistory history, int number) throws IOException {
        Path place = directory.resolve("history-" + number);
        history.write(place);
        return HistoryChecker.check(place, PATIENCE);
    }

    /** Not each history has the place that an anomaly needs. */
    private GeneratedHistory spoilt(
            BiConsumer<GeneratedHistory, Random> group, Consumer<GeneratedHistory> mutation) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            GeneratedHistory history = GeneratedHistory.of(random, 2, STEPS);
            group.accept(history, random);
            try {
                mutation.accept(history);
                return history;
            } catch (NoSuchElementException e) {
                // Another one has it.
            }
        }
        throw new IllegalStateException("no history can show it");
    }

    private static long ms(long ms) {
        return ms * 1_000_000;
    }
}
