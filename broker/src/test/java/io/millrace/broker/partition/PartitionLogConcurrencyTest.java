package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers beside the appending thread, with segments closed and deleted under them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PartitionLogConcurrencyTest {

    private static final SegmentLimits SMALL = new SegmentLimits(15_000, 1L << 40, 64 * 1024);

    @TempDir Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ChroniclePartitionLogStore store;

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        store.close();
    }

    private void open(int maxOpen) throws IOException {
        StoreSettings settings = new StoreSettings(directory, maxOpen, 0, 1000, 10, 60_000);
        store =
                ChroniclePartitionLogStore.open(
                        settings,
                        System::nanoTime,
                        new RecentMemory(1 << 20),
                        Runnable::run,
                        PartitionLogConcurrencyTest::openUnforced,
                        () -> Long.MAX_VALUE);
    }

    /** Forces take the longest time here, and change nothing. */
    private static DataFile openUnforced(Path path) throws IOException {
        DataFile file = DataFile.onDisk(path);
        return new DataFile() {
            @Override
            public void write(ByteBuffer bytes, long position) throws IOException {
                file.write(bytes, position);
            }

            @Override
            public void force() {}

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Test
    void shouldKeepFewSegmentsOpenUnderManyPartitions() throws Exception {
        int partitions = 200;
        int maxOpen = 16;
        int readers = 2;
        open(maxOpen);
        List<PartitionLog> logs = new ArrayList<>();
        for (int id = 0; id < partitions; id++) {
            logs.add(store.open(id, SMALL, LogState.EMPTY));
        }
        AtomicBoolean done = new AtomicBoolean();
        List<Future<Long>> reading = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            reading.add(threads.submit(readAtRandom(logs, i, done)));
        }
        for (int round = 0; round < 2; round++) {
            for (PartitionLog log : logs) {
                Batches.append(log, 1, 2, 20_000);
                // One for each thread inside a call.
                assertThat(store.context().open().size())
                        .isLessThanOrEqualTo(maxOpen + readers + 1);
            }
        }
        done.set(true);
        for (Future<Long> future : reading) {
            assertThat(future.get()).isPositive();
        }
        for (PartitionLog log : logs) {
            assertThat(log.segments().size()).isGreaterThan(1);
            try (LogReader reader = log.reader(0)) {
                Batches.check(reader.read(Integer.MAX_VALUE), 0, 4);
            }
        }
    }

    private static Callable<Long> readAtRandom(
            List<PartitionLog> logs, long seed, AtomicBoolean done) {
        return () -> {
            Random random = new Random(seed);
            List<LogReader> readers = new ArrayList<>();
            for (PartitionLog log : logs) {
                readers.add(log.reader(0));
            }
            long batches = 0;
            while (!done.get()) {
                int one = random.nextInt(logs.size());
                LogReader reader = readers.get(one);
                if (random.nextInt(4) == 0) {
                    reader.seek((long) (random.nextDouble() * logs.get(one).endOffset()));
                }
                long from = reader.position() / 2 * 2;
                List<StoredBatch> read = reader.read(10_000);
                Batches.check(read, from, read.isEmpty() ? from : reader.position());
                batches += read.size();
            }
            readers.forEach(LogReader::close);
            return batches;
        };
    }

    @Test
    void shouldSayTrimmedAndNeverReadWrongDataWhileSegmentsAreDeleted() throws Exception {
        open(4);
        PartitionLog log = store.open(1, SMALL, LogState.EMPTY);
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong trimmed = new AtomicLong();
        List<Future<Long>> reading = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            reading.add(threads.submit(readBehindTheTrimmer(log, i, done, trimmed)));
            reading.add(threads.submit(readBehindTheTrimmer(log, -1 - i, done, trimmed)));
        }
        long rounds = 0;
        while (rounds < 40 || trimmed.get() < 5) {
            rounds++;
            Batches.append(log, 4, 2, 5_000);
            if (log.endOffset() > 40) {
                log.trim(log.endOffset() - 40);
            }
            store.force(1, log.state());
            store.manifestDurable(List.of(1L));
        }
        done.set(true);
        for (Future<Long> future : reading) {
            assertThat(future.get()).isPositive();
        }
    }

    private static Callable<Long> readBehindTheTrimmer(
            PartitionLog log, long seed, AtomicBoolean done, AtomicLong trimmed) {
        return () -> {
            Random random = new Random(seed);
            long batches = 0;
            long end = log.endOffset();
            try (LogReader reader = seed < 0 ? log.follower(end) : log.reader(end)) {
                while (!done.get()) {
                    long from = reader.position() / 2 * 2;
                    try {
                        List<StoredBatch> read = reader.read(6_000);
                        Batches.check(read, from, read.isEmpty() ? from : reader.position());
                        batches += read.size();
                        log.offsetAt(Batches.time(from));
                        if (random.nextInt(3) == 0) {
                            reader.seek(log.startOffset());
                        }
                    } catch (TrimmedException e) {
                        trimmed.incrementAndGet();
                        assertThat(from).isLessThan(log.startOffset());
                        reader.seek(log.startOffset());
                    }
                }
            }
            return batches;
        };
    }

    @Test
    void shouldLetAReaderGoFromThreadToThread() throws Exception {
        open(2);
        PartitionLog log = store.open(1, SMALL, LogState.EMPTY);
        PartitionLog other = store.open(2, SMALL, LogState.EMPTY);
        LogReader reader = log.reader(0);
        for (int i = 0; i < 20; i++) {
            Batches.append(log, 1, 2, 9_000);
            Batches.append(other, 1, 2, 9_000);
            long from = reader.position();
            ExecutorService one = Executors.newSingleThreadExecutor();
            try {
                Batches.check(one.submit(() -> reader.read(1)).get(), from, from + 2);
            } finally {
                one.shutdown();
            }
        }
        reader.close();
    }
}
