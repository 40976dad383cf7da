package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What any partition log does. */
abstract class PartitionLogContract {

    static final SegmentLimits LIMITS = new SegmentLimits(1 << 20, 1_000_000, 64 * 1024);
    static final long ID = 7;

    PartitionLogStore store;
    PartitionLog log;

    /** Opens the store that the last one left behind. */
    abstract PartitionLogStore openStore() throws IOException;

    @BeforeEach
    void openLog() throws IOException {
        store = openStore();
        log = store.open(ID, LIMITS, LogState.EMPTY);
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    /** A reader of the log, of the kind that is tested. */
    LogReader reader(long offset) {
        return log.reader(offset);
    }

    /** As after kill -9: what a checkpoint says, with nothing forced or told since. */
    void restart(LogState state) throws IOException {
        store.close();
        store = openStore();
        log = store.open(ID, LIMITS, state);
        store.discardUnknown();
    }

    void append(int batches, int recordsEach, int bytesEach) throws IOException {
        Batches.append(log, batches, recordsEach, bytesEach);
    }

    List<StoredBatch> readAll(long from) throws IOException {
        try (LogReader reader = reader(from)) {
            List<StoredBatch> all = new ArrayList<>();
            for (List<StoredBatch> some = reader.read(10_000);
                    !some.isEmpty();
                    some = reader.read(10_000)) {
                all.addAll(some);
            }
            assertThat(reader.position()).isEqualTo(log.endOffset());
            return all;
        }
    }

    @Test
    void shouldHoldNothingAtFirst() throws IOException {
        assertThat(log.startOffset()).isZero();
        assertThat(log.endOffset()).isZero();
        assertThat(log.sizeBytes()).isZero();
        assertThat(log.lastAppendTimeMs()).isZero();
        assertThat(log.state()).isEqualTo(LogState.EMPTY);
        assertThat(log.offsetAt(0)).isZero();
        assertThat(readAll(0)).isEmpty();
    }

    @Test
    void shouldReadWhatWasAppended() throws IOException {
        append(50, 3, 1000);

        List<StoredBatch> read = readAll(0);

        assertThat(read).hasSize(50);
        Batches.check(read, 0, 150);
        assertThat(log.endOffset()).isEqualTo(150);
        assertThat(log.lastAppendTimeMs()).isEqualTo(Batches.time(147));
        assertThat(log.sizeBytes()).isGreaterThanOrEqualTo(50_000);
        assertThat(store.sizeBytes()).isEqualTo(log.sizeBytes());
    }

    @Test
    void shouldShowAnAppendToAReaderThatWaitsAtTheEnd() throws IOException {
        try (LogReader reader = reader(0)) {
            assertThat(reader.read(1000)).isEmpty();
            append(1, 2, 10);
            Batches.check(reader.read(1000), 0, 2);
            assertThat(reader.read(1000)).isEmpty();
            append(1, 2, 10);
            Batches.check(reader.read(1000), 2, 4);
        }
    }

    @Test
    void shouldReadBatchesOfOneExcerptOneByOne() throws IOException {
        log.append(Batches.following(log, 5, 4, 1000));

        try (LogReader reader = reader(9)) {
            Batches.check(reader.read(1), 8, 12);
            Batches.check(reader.read(2000), 12, 20);
            assertThat(reader.read(1)).isEmpty();
            reader.seek(0);
            Batches.check(reader.read(1_000_000), 0, 20);
        }
    }

    @Test
    void shouldTakeMoreBatchesThanFitIntoOneExcerpt() throws IOException {
        log.append(Batches.following(log, 40, 1, 30_000));
        log.append(Batches.following(log, 3000, 1, 1));

        Batches.check(readAll(0), 0, 3040);
    }

    @Test
    void shouldBeginWithTheBatchThatHoldsTheOffset() throws IOException {
        append(300, 5, 20);

        for (long offset = 0; offset < 1500; offset += 13) {
            try (LogReader reader = reader(offset)) {
                assertThat(reader.position()).isEqualTo(offset);
                StoredBatch first = reader.read(1).get(0);
                assertThat(first.baseOffset()).isEqualTo(offset / 5 * 5);
            }
        }
    }

    @Test
    void shouldRefuseOffsetsBeyondTheEnd() throws IOException {
        append(1, 5, 20);

        assertThatThrownBy(() -> reader(6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.trim(6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseBatchesThatDoNotFollow() throws IOException {
        append(1, 5, 20);
        List<StoredBatch> next = Batches.following(log, 2, 5, 20);

        assertThatThrownBy(() -> log.append(next.subList(1, 2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.append(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.append(Batches.following(log, 1, 1, 64 * 1024 + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65537")
                .hasMessageContaining("65536");
        Batches.check(readAll(0), 0, 5);
    }

    @Test
    void shouldFindTheFirstBatchAtOrAfterATime() throws IOException {
        log.configure(new SegmentLimits(20_000, 1_000_000, 64 * 1024));
        append(100, 5, 1000);

        assertThat(log.segments().size()).isGreaterThan(1);
        for (long base = 0; base < 500; base += 5) {
            assertThat(log.offsetAt(Batches.time(base))).isEqualTo(base);
            assertThat(log.offsetAt(Batches.time(base) - 1)).isEqualTo(base);
        }
        assertThat(log.offsetAt(Batches.time(495) + 1)).isEqualTo(500);
        log.trim(252);
        assertThat(log.offsetAt(0)).isEqualTo(252);
    }

    @Test
    void shouldFindATimeWithinAnExcerpt() throws IOException {
        log.append(Batches.following(log, 10, 2, 10));

        assertThat(log.offsetAt(Batches.time(6))).isEqualTo(6);
    }

    @Test
    void shouldRollBySize() throws IOException {
        log.configure(new SegmentLimits(50_000, 1_000_000, 64 * 1024));
        append(40, 1, 10_000);

        assertThat(log.segments().size()).isBetween(5, 20);
        Batches.check(readAll(0), 0, 40);
        assertThat(log.segments().get(0).baseOffset()).isZero();
        for (int i = 1; i < log.segments().size(); i++) {
            assertThat(log.segments().get(i).baseOffset())
                    .isEqualTo(log.segments().get(i - 1).endOffset());
            assertThat(log.segments().get(i).number())
                    .isGreaterThan(log.segments().get(i - 1).number());
        }
    }

    @Test
    void shouldRollByAgeAndWhenTold() throws IOException {
        append(2, 1, 10);
        log.configure(new SegmentLimits(1 << 20, Batches.STEP_MS * 3, 64 * 1024));
        append(2, 1, 10);
        assertThat(log.segments()).hasSize(2);
        log.roll();
        append(1, 1, 10);
        assertThat(log.segments()).hasSize(3);

        Batches.check(readAll(0), 0, 5);
    }

    @Test
    void shouldRollWhenBatchesMayBeLarger() throws IOException {
        append(1, 1, 10);
        log.configure(new SegmentLimits(1 << 20, 1_000_000, 1 << 20));
        append(1, 1, 1 << 20);

        assertThat(log.segments()).hasSize(2);
        Batches.check(readAll(0), 0, 2);
    }

    @Test
    void shouldTrimLogically() throws IOException {
        append(10, 5, 100);
        log.trim(12);

        assertThat(log.startOffset()).isEqualTo(12);
        assertThat(log.segments()).hasSize(1);
        assertThat(readAll(12).get(0).baseOffset()).isEqualTo(10);
        try (LogReader reader = reader(11)) {
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(TrimmedException.class);
        }
        log.trim(3);
        assertThat(log.startOffset()).isEqualTo(12);
    }

    @Test
    void shouldDropWholeSegmentsBelowTheStart() throws IOException {
        append(2, 5, 100);
        log.roll();
        append(2, 5, 100);
        long before = log.sizeBytes();
        try (LogReader reader = reader(0)) {
            Batches.check(reader.read(1), 0, 5);
            log.trim(10);
            assertThat(log.segments()).hasSize(1);
            assertThat(log.sizeBytes()).isLessThan(before);
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(TrimmedException.class);
            reader.seek(10);
            Batches.check(reader.read(1_000), 10, 20);
        }
    }

    @Test
    void shouldGoOnAfterBeingTrimmedToTheEnd() throws IOException {
        append(2, 5, 100);
        log.trim(10);

        assertThat(log.segments()).isEmpty();
        assertThat(log.sizeBytes()).isZero();
        restart(log.state());
        assertThat(log.startOffset()).isEqualTo(10);
        append(1, 5, 100);
        Batches.check(readAll(10), 10, 15);
    }

    @Test
    void shouldReopenAsTheStateSays() throws IOException {
        log.append(Batches.following(log, 3, 5, 100));
        append(10, 5, 100);
        log.trim(7);
        LogState state = log.state();

        restart(state);

        assertThat(log.startOffset()).isEqualTo(7);
        assertThat(log.endOffset()).isEqualTo(65);
        assertThat(log.lastAppendTimeMs()).isEqualTo(Batches.time(60));
        assertThat(log.segments()).isEqualTo(state.segments());
        Batches.check(readAll(7), 5, 65);
        assertThat(log.offsetAt(Batches.time(30))).isEqualTo(30);
    }

    /** S8b: the file still holds what was cut off; readers stop where the checkpoint says. */
    @Test
    void shouldCutBackToAnOlderState() throws IOException {
        append(10, 5, 100);
        LogState state = log.state();
        append(10, 5, 100);
        log.roll();
        append(10, 5, 100);

        restart(state);

        Batches.check(readAll(0), 0, 50);
        assertThat(log.offsetAt(Batches.time(50))).isEqualTo(50);
        append(4, 5, 100);
        Batches.check(readAll(0), 0, 70);
        assertThat(log.segments()).hasSize(2);
    }

    /** S8a: the second life begins a segment where the first one did. */
    @Test
    void shouldSurviveTwoCrashesWithoutACheckpoint() throws IOException {
        append(10, 5, 100);
        LogState state = log.state();
        for (int crash = 0; crash < 3; crash++) {
            append(10, 5, 100 + crash);
            restart(state);
            Batches.check(readAll(0), 0, 50);
        }
        append(2, 5, 100);
        Batches.check(readAll(0), 0, 60);
        restart(log.state());
        Batches.check(readAll(0), 0, 60);
    }

    @Test
    void shouldRefuseAStateWhoseSegmentIsMissing() throws IOException {
        append(10, 5, 100);
        SegmentState real = log.segments().get(0);
        SegmentState missing = new SegmentState(3, 50, 60, 1, 100, real.lastAppendTimeMs(), 0);
        LogState wrong = new LogState(0, 60, 4, List.of(real, missing));

        assertThatThrownBy(() -> restart(wrong))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("partition 7 segment 3");
    }

    @Test
    void shouldSayWhatIsMissingWhereAReaderReachesAHole() throws IOException {
        append(4, 5, 100);
        log.skipTo(100);
        append(2, 5, 100);

        assertThat(log.endOffset()).isEqualTo(110);
        assertThat(log.holes()).containsExactly(new OffsetRange(20, 100));
        try (LogReader reader = reader(0)) {
            Batches.check(reader.read(1_000_000), 0, 20);
            for (long position = 20; position < 100; position += 79) {
                reader.seek(position);
                assertThatThrownBy(() -> reader.read(1))
                        .isInstanceOfSatisfying(
                                MissingException.class,
                                e -> assertThat(e.hole()).isEqualTo(new OffsetRange(20, 100)))
                        .hasMessageContaining("20 to 100 of partition 7");
            }
            reader.seek(100);
            Batches.check(reader.read(1_000_000), 100, 110);
        }
    }

    @Test
    void shouldOpenALogThatMissesEverything() throws IOException {
        restart(LogState.missing(30, 90));

        assertThat(log.startOffset()).isEqualTo(30);
        assertThat(log.endOffset()).isEqualTo(90);
        assertThat(log.holes()).containsExactly(new OffsetRange(30, 90));
        assertThat(log.sizeBytes()).isZero();
        append(1, 5, 100);
        Batches.check(readAll(90), 90, 95);
        restart(log.state());
        Batches.check(readAll(90), 90, 95);
        assertThat(log.holes()).containsExactly(new OffsetRange(30, 90));
        restart(LogState.missing(5, 5));
        assertThat(log.holes()).isEmpty();
    }

    @Test
    void shouldForgetADeletedLog() throws IOException {
        append(10, 5, 100);
        LogReader reader = reader(0);
        store.delete(ID);

        assertThatThrownBy(() -> reader.read(1)).isInstanceOf(TrimmedException.class);
        assertThat(store.sizeBytes()).isZero();
        log = store.open(ID, LIMITS, LogState.EMPTY);
        assertThat(readAll(0)).isEmpty();
        append(1, 5, 100);
        Batches.check(readAll(0), 0, 5);
    }

    @Test
    void shouldCallListenersAfterAppends() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        Runnable listener = calls::incrementAndGet;
        log.addAppendListener(listener);
        append(3, 1, 10);
        log.removeAppendListener(listener);
        append(3, 1, 10);

        assertThat(calls).hasValue(3);
    }
}
