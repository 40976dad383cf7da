package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kill leaves of a log whose holes are being filled: its files, copied while it lives. */
class LogFillCrashTest {

    private static final SegmentLimits LIMITS = new SegmentLimits(30_000, 1L << 40, 64 * 1024);
    private static final long ID = 4;
    private static final int RECORDS = 5;

    @TempDir Path directory;

    /** So little that every write asks for it. */
    private final AtomicLong usableBytes = new AtomicLong(DiskSpace.PLENTY_BYTES);

    private ChroniclePartitionLogStore store;
    private PartitionLog log;
    private LogState durable;
    private int copies;

    @BeforeEach
    void open() throws IOException {
        store = openStore(directory.resolve("living"));
        log = store.open(ID, LIMITS, LogState.EMPTY);
        Batches.append(log, 4, RECORDS, 1_000);
        log.skipTo(120);
        Batches.append(log, 4, RECORDS, 1_000);
        checkpoint();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private ChroniclePartitionLogStore openStore(Path path) throws IOException {
        return ChroniclePartitionLogStore.open(
                StoreSettings.of(path, 1 << 20),
                System::nanoTime,
                new RecentMemory(0),
                Runnable::run,
                DataFile::onDisk,
                usableBytes::get);
    }

    private void checkpoint() throws IOException {
        LogState state = log.state();
        store.force(ID, state);
        expectDurable();
        durable = state;
        store.manifestDurable(List.of(ID));
        expectDurable();
    }

    /** A start from a copy shows what the durable manifest says, and can fill the rest. */
    private void expectDurable() throws IOException {
        if (durable == null) {
            return;
        }
        Path copy = directory.resolve("copy-" + copies++);
        copyTree(directory.resolve("living"), copy);
        try (ChroniclePartitionLogStore killed = openStore(copy)) {
            PartitionLog again = killed.open(ID, LIMITS, durable);
            killed.discardUnknown();
            assertThat(again.holes()).isEqualTo(durable.holes());
            assertThat(again.segments()).isEqualTo(durable.segments());
            for (OffsetRange hole : again.holes()) {
                again.fill(Batches.between(hole.from(), hole.to(), RECORDS, 700));
            }
            try (LogReader reader = again.reader(again.startOffset())) {
                Batches.check(
                        reader.read(Integer.MAX_VALUE), again.startOffset(), again.endOffset());
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            tree.forEach(
                    path -> {
                        try {
                            Files.copy(path, to.resolve(from.relativize(path).toString()));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }

    @Test
    void shouldShowWhatTheManifestSaysAfterAKillAtAnyStepOfAFill() throws IOException {
        for (long from = 20; from < 120; from += 20) {
            log.fill(Batches.between(from, from + 20, RECORDS, 4_000));
            expectDurable();
            if (from == 40) {
                checkpoint();
            }
        }
        assertThat(durable.holes()).containsExactly(new OffsetRange(60, 120));
        checkpoint();
        assertThat(durable.holes()).isEmpty();
        log.lose(durable.segments().get(2).number());
        expectDurable();
        checkpoint();
        assertThat(durable.holes()).hasSize(1);
        log.trim(120);
        expectDurable();
        checkpoint();
        checkpoint();
        assertThat(store.holdsDropped()).isFalse();
    }

    @Test
    void shouldMissWhatThereWasNoRoomFor() throws IOException {
        LogState before = log.state();
        List<StoredBatch> batches = Batches.between(20, 120, RECORDS, 20_000);
        usableBytes.set(1 << 20);

        assertThatThrownBy(() -> log.fill(batches))
                .isInstanceOf(PartitionLog.DiskFullException.class);
        assertThat(log.holes()).isEqualTo(before.holes());
        assertThat(log.segments()).isEqualTo(before.segments());
        usableBytes.set(Long.MAX_VALUE);
        log.fill(batches);
        assertThat(log.holes()).isEmpty();
        checkpoint();
    }
}
