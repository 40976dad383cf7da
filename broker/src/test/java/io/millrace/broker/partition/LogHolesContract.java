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

/** What any partition log does about records that this replica misses. */
abstract class LogHolesContract {

    static final SegmentLimits LIMITS = PartitionLogContract.LIMITS;
    static final long ID = 7;

    PartitionLogStore store;
    PartitionLog log;

    /** Opens the store that the last one left behind. */
    abstract PartitionLogStore openStore() throws IOException;

    /** It holds 0 to 20 and 100 to 120, in batches of 5. */
    @BeforeEach
    void openLogWithAHole() throws IOException {
        store = openStore();
        log = store.open(ID, LIMITS, LogState.EMPTY);
        Batches.append(log, 4, 5, 100);
        log.skipTo(100);
        Batches.append(log, 4, 5, 100);
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    void restart(LogState state, DamagePolicy damage) throws IOException {
        store.close();
        store = openStore();
        log = store.open(ID, LIMITS, state, damage);
        store.discardUnknown();
    }

    void restart(LogState state) throws IOException {
        restart(state, DamagePolicy.REFUSE);
    }

    private void fill(long from, long to) throws IOException {
        log.fill(Batches.between(from, to, 5, 100));
    }

    private List<StoredBatch> read(long from) throws IOException {
        try (LogReader reader = log.reader(from)) {
            List<StoredBatch> all = new ArrayList<>();
            for (List<StoredBatch> some = reader.read(300);
                    !some.isEmpty();
                    some = reader.read(300)) {
                all.addAll(some);
            }
            return all;
        }
    }

    private void expectMissing(long position, long from, long to) {
        try (LogReader reader = log.reader(position)) {
            assertThatThrownBy(() -> reader.read(1))
                    .isInstanceOfSatisfying(
                            MissingException.class,
                            e -> assertThat(e.hole()).isEqualTo(new OffsetRange(from, to)));
        }
    }

    @Test
    void shouldReadWhatWasFilledIn() throws IOException {
        fill(20, 50);

        assertThat(log.holes()).containsExactly(new OffsetRange(50, 100));
        expectMissing(50, 50, 100);
        fill(50, 100);
        assertThat(log.holes()).isEmpty();
        Batches.check(read(0), 0, 120);
        Batches.check(read(37), 35, 120);
        assertThat(log.endOffset()).isEqualTo(120);
        assertThat(log.lastAppendTimeMs()).isEqualTo(Batches.time(115));
        Batches.append(log, 2, 5, 100);
        Batches.check(read(0), 0, 130);
    }

    @Test
    void shouldShowAFillToAReaderThatWaitsAtTheHole() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        log.addAppendListener(calls::incrementAndGet);
        try (LogReader reader = log.reader(15)) {
            Batches.check(reader.read(10_000), 15, 20);
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(MissingException.class);
            fill(20, 100);
            Batches.check(reader.read(100_000), 20, 120);
        }
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldRefuseWhatDoesNotFillAHoleFromItsFirstOffset() throws IOException {
        LogState before = log.state();
        for (List<StoredBatch> wrong :
                List.of(
                        Batches.between(25, 50, 5, 100),
                        Batches.between(15, 50, 5, 100),
                        Batches.between(20, 105, 5, 100),
                        Batches.between(100, 105, 5, 100),
                        List.of(Batches.batch(20, 5, 1), Batches.batch(30, 5, 1)))) {
            assertThatThrownBy(() -> log.fill(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(log.state()).isEqualTo(before);
    }

    @Test
    void shouldFillWithBatchesLargerThanAreAllowedNow() throws IOException {
        log.configure(new SegmentLimits(1 << 20, 1_000_000, 1_000));
        log.fill(List.of(Batches.batch(20, 40, 60_000), Batches.batch(60, 40, 10)));

        Batches.check(read(0), 0, 120);
    }

    /** Two checkpoints while a hole is being filled: each names what is there and what is not. */
    @Test
    void shouldMissAgainAfterACrashWhatNoCheckpointNames() throws IOException {
        LogState first = log.state();
        fill(20, 40);
        LogState second = log.state();
        fill(40, 60);

        restart(second);
        assertThat(log.holes()).containsExactly(new OffsetRange(40, 100));
        expectMissing(40, 40, 100);
        fill(40, 100);
        Batches.check(read(0), 0, 120);
        LogState third = log.state();

        restart(third);
        assertThat(log.holes()).isEmpty();
        Batches.check(read(0), 0, 120);
        assertThat(log.segments()).isEqualTo(third.segments());
        assertThat(first.holes()).containsExactly(new OffsetRange(20, 100));
    }

    @Test
    void shouldSurviveCrashesThatForgetTheFilling() throws IOException {
        LogState state = log.state();
        for (int crash = 0; crash < 3; crash++) {
            fill(20, 100);
            restart(state);
            assertThat(log.holes()).containsExactly(new OffsetRange(20, 100));
        }
        fill(20, 100);
        Batches.check(read(0), 0, 120);
    }

    @Test
    void shouldTrimHoles() throws IOException {
        log.trim(20);
        assertThat(log.segments()).hasSize(1);
        log.trim(42);
        assertThat(log.holes()).containsExactly(new OffsetRange(42, 100));
        expectMissing(42, 42, 100);
        try (LogReader reader = log.reader(30)) {
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(TrimmedException.class);
        }
        restart(log.state());
        log.trim(100);
        assertThat(log.holes()).isEmpty();
        Batches.check(read(100), 100, 120);
    }

    /** The batch that holds the log start begins before it. */
    @Test
    void shouldFillFromAStartWithinABatch() throws IOException {
        log.trim(42);
        fill(40, 60);
        restart(log.state());

        assertThat(log.holes()).containsExactly(new OffsetRange(60, 100));
        try (LogReader reader = log.reader(42)) {
            Batches.check(reader.read(100_000), 40, 60);
        }
        fill(60, 100);
        Batches.check(read(42), 40, 120);
    }

    @Test
    void shouldLeaveOutWhatWasTrimmedWhileItWasFetched() throws IOException {
        fill(20, 40);
        log.trim(52);
        fill(40, 60);

        assertThat(log.holes()).containsExactly(new OffsetRange(60, 100));
        log.trim(110);
        fill(60, 80);
        assertThat(log.holes()).isEmpty();
        Batches.check(read(110), 110, 120);
    }

    @Test
    void shouldTrimBelowAPartlyFilledHole() throws IOException {
        fill(20, 60);
        log.trim(30);
        fill(60, 80);
        restart(log.state());

        assertThat(log.startOffset()).isEqualTo(30);
        assertThat(log.holes()).containsExactly(new OffsetRange(80, 100));
        fill(80, 100);
        Batches.check(read(30), 30, 120);
    }

    @Test
    void shouldIgnoreAFillOfADeletedLog() throws IOException {
        fill(20, 40);
        store.delete(ID);
        fill(40, 60);

        assertThat(log.holes()).isEmpty();
        assertThat(log.sizeBytes()).isZero();
        store.manifestDurable(List.of());
        store.manifestDurable(List.of());
        assertThat(store.holdsDropped()).isFalse();
    }

    @Test
    void shouldGiveUpACorruptSegmentAndFillItsPlace() throws IOException {
        SegmentState bad = log.segments().get(1);
        fill(20, 40);

        assertThat(log.lose(bad.number())).contains(new OffsetRange(100, 120));
        assertThat(log.lose(bad.number())).isEmpty();
        assertThat(log.holes()).containsExactly(new OffsetRange(40, 120));
        assertThat(log.endOffset()).isEqualTo(120);
        expectMissing(119, 40, 120);
        Batches.append(log, 2, 5, 100);
        Batches.check(read(120), 120, 130);
        restart(log.state());
        fill(40, 120);
        Batches.check(read(0), 0, 130);
    }

    @Test
    void shouldGiveUpOnlyWhatIsNotTrimmed() throws IOException {
        log.trim(7);

        assertThat(log.lose(log.segments().get(0).number())).contains(new OffsetRange(7, 20));
        assertThat(log.holes()).containsExactly(new OffsetRange(7, 100));
        fill(5, 100);
        Batches.check(read(7), 5, 120);
    }

    @Test
    void shouldTellAReaderOfALostSegmentWhatIsMissing() throws IOException {
        try (LogReader reader = log.reader(100)) {
            Batches.check(reader.read(1), 100, 105);
            log.lose(log.segments().get(1).number());
            restartCheckpointsWithoutClosing();
            // What it has at hand it may still give, never anything wrong.
            while (true) {
                try {
                    long from = reader.position();
                    Batches.check(reader.read(1), from, from + 5);
                } catch (MissingException e) {
                    assertThat(e.hole()).isEqualTo(new OffsetRange(20, 120));
                    return;
                }
            }
        }
    }

    private void restartCheckpointsWithoutClosing() throws IOException {
        for (int i = 0; i < 3; i++) {
            store.force(ID, log.state());
            store.manifestDurable(List.of(ID));
        }
    }

    @Test
    void shouldNotGuessATimeThatMayLieInAHole() throws IOException {
        assertThat(log.offsetAt(Batches.time(5))).isEqualTo(5);
        assertThat(log.offsetAt(Batches.time(100) + 1)).isEqualTo(105);
        for (long time : new long[] {Batches.time(15) + 1, Batches.time(60), Batches.time(100)}) {
            assertThatThrownBy(() -> log.offsetAt(time)).isInstanceOf(MissingException.class);
        }
        log.skipTo(200);
        assertThatThrownBy(() -> log.offsetAt(Batches.time(116)))
                .isInstanceOf(MissingException.class);
        log.trim(100);
        assertThat(log.offsetAt(Batches.time(0))).isEqualTo(100);
    }

    @Test
    void shouldMoveTheEndUpOnly() {
        log.skipTo(120);
        assertThat(log.holes()).containsExactly(new OffsetRange(20, 100));
        assertThatThrownBy(() -> log.skipTo(119)).isInstanceOf(IllegalArgumentException.class);
    }

    /** S8c: with others to ask, a segment that is gone costs a fetch and not the start. */
    @Test
    void shouldLeaveAHoleForASegmentThatIsGone() throws IOException {
        LogState state = log.state();
        SegmentState real = state.segments().get(1);
        SegmentState gone = new SegmentState(99, 120, 140, 1, 100, real.firstAppendTimeMs(), 0);
        LogState wrong =
                new LogState(
                        0, 140, 100, List.of(state.segments().get(0), real, gone), state.holes());

        assertThatThrownBy(() -> restart(wrong)).isInstanceOf(CorruptLogException.class);
        restart(wrong, DamagePolicy.LEAVE_HOLE);
        assertThat(log.holes())
                .containsExactly(new OffsetRange(20, 100), new OffsetRange(120, 140));
        fill(20, 100);
        fill(120, 140);
        Batches.check(read(0), 0, 140);
    }

    @Test
    void shouldRefuseAStateWhoseHolesDoNotFit() throws IOException {
        LogState state = log.state();
        List<List<OffsetRange>> wrongs =
                List.of(
                        List.of(),
                        List.of(new OffsetRange(20, 99)),
                        List.of(new OffsetRange(20, 101)),
                        List.of(new OffsetRange(20, 100), new OffsetRange(110, 120)),
                        List.of(new OffsetRange(20, 100), new OffsetRange(120, 130)));
        for (List<OffsetRange> wrong : wrongs) {
            assertThatThrownBy(
                            () ->
                                    restart(
                                            new LogState(0, 120, 9, state.segments(), wrong),
                                            DamagePolicy.LEAVE_HOLE))
                    .as("%s", wrong)
                    .isInstanceOf(CorruptLogException.class);
        }
    }
}
