package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store does to its files. */
class ChroniclePartitionLogStoreTest {

    private static final SegmentLimits LIMITS = PartitionLogContract.LIMITS;

    @TempDir Path directory;

    private final RecordingFiles files = new RecordingFiles();
    private final AtomicLong usableBytes = new AtomicLong(Long.MAX_VALUE);
    private ChroniclePartitionLogStore store;

    @BeforeEach
    void open() throws IOException {
        // So rarely that only what is sealed or asked for is forced.
        open(new StoreSettings(directory, 50, 1 << 20, 1, 3_600_000, 3_600_000));
    }

    @AfterEach
    void close() throws IOException {
        files.expectCloses();
        store.close();
        assertThat(files.complaints).isEmpty();
        assertThat(files.open()).isZero();
    }

    private void open(StoreSettings settings) throws IOException {
        store =
                ChroniclePartitionLogStore.open(
                        settings,
                        System::nanoTime,
                        new RecentMemory(0),
                        Runnable::run,
                        files,
                        usableBytes::get);
    }

    private void reopen(StoreSettings settings) throws IOException {
        close();
        open(settings);
    }

    private StoreSettings settings(int maxOpen, int forcesPerSecond, long ageMs) {
        return new StoreSettings(directory, maxOpen, 1 << 20, forcesPerSecond, ageMs, 3_600_000);
    }

    private PartitionLog newLog(long id) throws IOException {
        return store.open(id, LIMITS, LogState.EMPTY);
    }

    private void append(PartitionLog log, int bytes) throws IOException {
        ((ChroniclePartitionLog) log)
                .view()
                .segments()
                .forEach(segment -> touchUnlessSealed(segment));
        log.append(Batches.following(log, 1, 2, bytes));
    }

    private void touchUnlessSealed(Segment segment) {
        if (!segment.isSealed()) {
            files.touch(segment.directory());
        }
    }

    private Path segmentDirectory(PartitionLog log, int index) {
        return ((ChroniclePartitionLog) log).view().segments().get(index).directory();
    }

    private List<Path> directories(String under) throws IOException {
        Path path = directory.resolve(under);
        if (!Files.exists(path)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(path)) {
            return tree.filter(p -> p.getFileName().toString().matches("[0-9]{20}-[0-9]+"))
                    .map(p -> directory.relativize(p))
                    .toList();
        }
    }

    private static List<StoredBatch> read(PartitionLog log, long from) throws IOException {
        try (LogReader reader = log.reader(from)) {
            return reader.read(Integer.MAX_VALUE);
        }
    }

    @Test
    void shouldHaveNoFileForAnEmptyPartition() throws IOException {
        newLog(1);

        assertThat(directory.resolve("partition-1")).doesNotExist();
    }

    /** S10: zeros that come late would wipe records, and without them a full disk is a SIGBUS. */
    @Test
    void shouldFillAheadOfWhateverIsAppendedAndNeverOverIt() throws IOException {
        ChroniclePartitionLog log = (ChroniclePartitionLog) newLog(1);
        log.configure(new SegmentLimits(8 << 20, 1L << 40, 1 << 20));
        int[] sizes = {1, 100, 60_000, 70_000, 1 << 20, 17, 300_000};
        for (int i = 0; i < 120; i++) {
            append(log, sizes[i % sizes.length]);
            for (Segment segment : log.view().segments()) {
                assertThat(segment.file().filled())
                        .isGreaterThanOrEqualTo(
                                segment.state().sizeBytes() + SegmentRollCycle.INDEX_PAGE_BYTES);
            }
        }
        assertThat(log.segments().size()).isGreaterThan(2);
        Batches.check(read(log, 0), 0, 240);
    }

    @Test
    void shouldFillBeyondManyIndexPages() throws IOException {
        ChroniclePartitionLog log = (ChroniclePartitionLog) newLog(1);
        for (int i = 0; i < 3 * SegmentRollCycle.INDEX_COUNT; i++) {
            append(log, 10);
            Segment segment = log.view().segments().get(0);
            assertThat(segment.file().filled()).isGreaterThan(segment.state().sizeBytes());
        }
        for (long offset = 1; offset < log.endOffset(); offset += 321) {
            assertThat(read(log, offset).get(0).baseOffset()).isEqualTo(offset / 2 * 2);
        }
    }

    /** S9: whoever opens the file again does not hear of a write that failed before. */
    @Test
    void shouldNotCloseADirtyFileBeforeItIsForced() throws IOException {
        reopen(settings(2, 1, 3_600_000));
        List<PartitionLog> logs = new ArrayList<>();
        for (int id = 0; id < 4; id++) {
            logs.add(newLog(id));
        }
        for (int i = 0; i < 10; i++) {
            for (PartitionLog log : logs) {
                append(log, 100);
            }
        }
        assertThat(store.context().open().size()).isLessThanOrEqualTo(2);
        for (PartitionLog log : logs) {
            store.force(log.partitionId(), log.state());
            assertThat(files.isDirty(segmentDirectory(log, 0))).isFalse();
        }
        await().until(() -> files.open() <= 2);
        assertThat(files.complaints).isEmpty();
    }

    @Test
    void shouldForceOnlyWhatIsDirty() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        Path segment = segmentDirectory(log, 0);
        store.force(1, log.state());
        store.force(1, log.state());

        assertThat(files.forces(segment)).isEqualTo(1);
        append(log, 100);
        store.force(1, log.state());
        assertThat(files.forces(segment)).isEqualTo(2);
    }

    /** S9: nobody writes to it any more, so its errors would stay unseen. */
    @Test
    void shouldForceASealedSegmentSoon() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        log.roll();
        append(log, 100);

        await().until(() -> files.forces(segmentDirectory(log, 0)) == 1);
        assertThat(files.forces(segmentDirectory(log, 1))).isZero();
    }

    @Test
    void shouldForceTheOldestWriteFirstInTheBackground() throws IOException {
        reopen(settings(50, 1_000_000, 0));
        for (int id = 0; id < 5; id++) {
            append(newLog(id), 100);
        }

        await().until(() -> store.context().forcer().dirtyFiles() == 0);
        assertThat(files.allForces()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void shouldSayAtTheNextForceThatOneFailedInTheBackground() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        files.failNextForce();
        log.roll();
        append(log, 100);

        await().untilAsserted(
                        () ->
                                assertThatThrownBy(() -> store.force(1, log.state()))
                                        .isInstanceOf(IOException.class)
                                        .hasMessageContaining("must stop")
                                        .hasRootCauseMessage("Input/output error"));
        assertThatThrownBy(() -> append(log, 100)).hasMessageContaining("must stop");
        files.expectCloses();
    }

    @Test
    void shouldNotTakeAStateForForcedAfterBeingClosed() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        LogState state = log.state();
        files.expectCloses();
        store.close();

        assertThatThrownBy(() -> store.force(1, state))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void shouldKeepTheLogAsItWasWhenTheDiskIsFull() throws IOException {
        PartitionLog log = newLog(1);
        usableBytes.set(1 << 20);
        assertThatThrownBy(() -> append(log, 100))
                .isInstanceOf(PartitionLog.DiskFullException.class)
                .hasMessageContaining("1048576 of them are kept in reserve");
        assertThat(log.endOffset()).isZero();
        usableBytes.set(2 << 20);
        append(log, 100);
        LogState before = log.state();
        usableBytes.set(1 << 20);
        List<StoredBatch> large = Batches.following(log, 3, 1, 60_000);

        assertThatThrownBy(() -> log.append(large))
                .isInstanceOf(PartitionLog.DiskFullException.class);
        assertThat(log.state()).isEqualTo(before);
        Batches.check(read(log, 0), 0, 2);
        usableBytes.set(1 << 30);
        log.append(large);
        Batches.check(read(log, 0), 0, 5);
        assertThat(log.segments()).hasSize(1);
    }

    /** A disk may have blocks left and no room for another name; that is no reason to stop. */
    @Test
    void shouldSayThatTheDiskIsFullWhenItTakesNoNewFile() throws IOException {
        PartitionLog log = newLog(1);
        files.failNextOpen(new FileSystemException("f", null, "No space left on device"));
        assertThatThrownBy(() -> append(log, 100))
                .isInstanceOf(PartitionLog.DiskFullException.class);

        append(log, 100);
        Batches.check(read(log, 0), 0, 2);
    }

    /** A checkpoint names the log as it was; to fail it would only leave more to apply. */
    @Test
    void shouldFindALogThatIsBeingDeleted() throws Exception {
        int count = 2_000;
        for (int id = 0; id < count; id++) {
            newLog(id);
        }
        AtomicInteger present = new AtomicInteger();
        CompletableFuture<Void> checkpoint =
                CompletableFuture.runAsync(
                        () -> {
                            while (present.get() < count) {
                                forceUnchecked(Math.min(present.get(), count - 1));
                            }
                        });
        for (int id = 0; id < count && !checkpoint.isDone(); id++) {
            present.set(id);
            store.delete(id);
        }
        present.set(count);
        checkpoint.get(20, TimeUnit.SECONDS);
    }

    private void forceUnchecked(long id) {
        try {
            store.force(id, LogState.EMPTY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** S8c: the durable manifest names what was trimmed before the crash. */
    @Test
    void shouldSurviveATrimThatNoManifestKnowsOf() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        log.roll();
        append(log, 100);
        LogState state = log.state();
        store.force(1, state);
        store.manifestDurable(List.of(1L));
        log.trim(2);

        reopen(settings(50, 1, 3_600_000));

        PartitionLog again = store.open(1, LIMITS, state);
        store.discardUnknown();
        Batches.check(read(again, 0), 0, 4);
    }

    @Test
    void shouldDeleteATrimmedSegmentOnceTwoManifestsAreWithoutIt() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        log.roll();
        append(log, 100);
        checkpoint(log);
        log.trim(2);
        store.manifestDurable(List.of(1L));
        assertThat(directories("partition-1")).hasSize(2);
        checkpoint(log);
        assertThat(directories("partition-1")).hasSize(2);
        checkpoint(log);

        assertThat(directories("partition-1")).hasSize(1);
        assertThat(directories("trash")).isEmpty();
        Batches.check(read(log, 2), 2, 4);
    }

    private void checkpoint(PartitionLog log) throws IOException {
        store.force(log.partitionId(), log.state());
        store.manifestDurable(List.of(log.partitionId()));
    }

    @Test
    void shouldDeleteADeletedLogOnceTwoManifestsAreWithoutIt() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        LogState copied = log.state();
        checkpoint(log);
        store.delete(1);
        store.force(1, copied);
        store.manifestDurable(List.of());
        assertThat(directories("partition-1")).hasSize(1);
        store.manifestDurable(List.of());

        assertThat(directory.resolve("partition-1")).doesNotExist();
        assertThat(directories("trash")).isEmpty();
    }

    @Test
    void shouldMoveWhatNobodyNamesToTheTrashAndBackIfAnOlderManifestDoes() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 100);
        LogState older = log.state();
        append(newLog(2), 100);
        reopen(settings(50, 1, 3_600_000));
        PartitionLog empty = newLog(1);
        store.discardUnknown();
        assertThat(directories("partition-1")).isEmpty();
        assertThat(directory.resolve("partition-2")).doesNotExist();
        assertThat(directories("trash")).hasSize(2);
        append(empty, 100);
        assertThat(empty.segments().get(0).number()).isEqualTo(2);

        reopen(settings(50, 1, 3_600_000));
        Batches.check(read(store.open(1, LIMITS, older), 0), 0, 2);
        store.discardUnknown();
        store.manifestDurable(List.of(1L));
        assertThat(directories("trash")).isEmpty();
    }

    @Test
    void shouldRefuseASegmentThatIsShorterThanTheCheckpointSays() throws IOException {
        PartitionLog log = newLog(1);
        append(log, 50_000);
        LogState state = log.state();
        Path path = segmentDirectory(log, 0).resolve(SegmentQueue.FILE_NAME);
        close();
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(40_000);
        }
        open(settings(50, 1, 3_600_000));

        assertThatThrownBy(() -> store.open(1, LIMITS, state))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("partition 1 segment 1")
                .hasMessageContaining("40000");
    }

    @Test
    void shouldRefuseALeftoverThatIsNoLog() throws IOException {
        SegmentState first = new SegmentState(1, 0, 10, 1, 100, 1, 1);
        SegmentState second = new SegmentState(2, 11, 20, 1, 100, 1, 1);

        assertThatThrownBy(
                        () -> store.open(1, LIMITS, new LogState(0, 20, 3, List.of(first, second))))
                .isInstanceOf(CorruptLogException.class);
    }

    @Test
    void shouldTakeTheLargestBatchAndReadItInAnotherLife() throws IOException {
        PartitionLog log = newLog(1);
        log.configure(new SegmentLimits(1L << 30, 1L << 40, Segment.MAX_BATCH_BYTES));
        for (int i = 0; i < 3; i++) {
            append(log, Segment.MAX_BATCH_BYTES);
            append(log, 100);
        }
        LogState state = log.state();
        reopen(settings(50, 1, 3_600_000));

        Batches.check(read(store.open(1, LIMITS, state), 0), 0, 12);
        assertThatThrownBy(
                        () -> log.configure(new SegmentLimits(1, 1, Segment.MAX_BATCH_BYTES + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxBatchBytes must be between 1 and 8388608");
    }

    @Test
    void shouldCloseIdleSegments() throws IOException {
        reopen(new StoreSettings(directory, 50, 0, 1000, 0, 1));
        PartitionLog log = newLog(1);
        append(log, 100);
        LogReader reader = log.reader(0);
        Batches.check(reader.read(1), 0, 2);

        await().until(() -> store.context().open().size() == 0);
        append(log, 100);
        Batches.check(reader.read(1), 2, 4);
        reader.close();
        assertThat(log.segments()).hasSize(1);
    }
}
