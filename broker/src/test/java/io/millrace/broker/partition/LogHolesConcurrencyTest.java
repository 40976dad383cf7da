package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The apply thread, one that fills holes, one that gives segments up, readers and checkpoints. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LogHolesConcurrencyTest {

    private static final SegmentLimits LIMITS = new SegmentLimits(60_000, 1L << 40, 64 * 1024);
    private static final int RECORDS = 2;
    private static final int ROUNDS = 60;

    @TempDir Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean done = new AtomicBoolean();
    private ChroniclePartitionLogStore store;
    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        store =
                ChroniclePartitionLogStore.open(
                        new StoreSettings(directory, 8, 0, 1000, 10, 60_000), System::nanoTime);
        log = store.open(1, LIMITS, LogState.missing(0, 400));
    }

    @AfterEach
    void close() throws IOException {
        done.set(true);
        threads.shutdownNow();
        store.close();
    }

    @Test
    void shouldNeverShowWhatIsWrongWhileHolesComeAndGo() throws Exception {
        List<Future<Long>> working = new ArrayList<>();
        working.add(threads.submit(this::fillHoles));
        working.add(threads.submit(this::giveSegmentsUp));
        working.add(threads.submit(reading(1)));
        working.add(threads.submit(reading(2)));
        for (int round = 0; round < ROUNDS; round++) {
            log.append(Batches.following(log, 5, RECORDS, 3_000));
            if (round % 7 == 0) {
                log.skipTo(log.endOffset() + 40);
            }
            if (round % 11 == 10) {
                log.trim(log.startOffset() + 50);
            }
            LogState state = log.state();
            state.check(1);
            store.force(1, state);
            store.manifestDurable(List.of(1L));
        }
        done.set(true);
        for (Future<Long> one : working) {
            assertThat(one.get()).isPositive();
        }
        fillAll();
        try (LogReader reader = log.reader(log.startOffset())) {
            List<StoredBatch> all = reader.read(Integer.MAX_VALUE);
            Batches.check(all, log.startOffset() / RECORDS * RECORDS, log.endOffset());
        }
    }

    private long fillHoles() throws IOException {
        long fills = 0;
        while (!done.get()) {
            fills += fillSome() ? 1 : 0;
        }
        return fills;
    }

    private void fillAll() throws IOException {
        while (!log.holes().isEmpty()) {
            fillSome();
        }
    }

    private boolean fillSome() throws IOException {
        List<OffsetRange> holes = log.holes();
        if (holes.isEmpty()) {
            return false;
        }
        OffsetRange hole = holes.get(holes.size() / 2);
        long from = hole.from() / RECORDS * RECORDS;
        long to = Math.min(hole.to(), from + 10 * RECORDS);
        try {
            log.fill(Batches.between(from, to, RECORDS, 2_000));
            return true;
        } catch (IllegalArgumentException e) {
            // It has become another hole since it was looked at.
            assertThat(log.holes()).doesNotContain(hole);
            return false;
        }
    }

    private long giveSegmentsUp() {
        Random random = new Random(5);
        long lost = 0;
        while (!done.get()) {
            List<SegmentState> segments = log.segments();
            if (segments.size() > 5) {
                long number = segments.get(random.nextInt(segments.size())).number();
                lost += log.lose(number).isPresent() ? 1 : 0;
            }
            Thread.yield();
        }
        return lost;
    }

    private Callable<Long> reading(long seed) {
        return () -> {
            Random random = new Random(seed);
            long batches = 0;
            try (LogReader reader = log.reader(log.endOffset())) {
                while (!done.get()) {
                    long from = reader.position() / RECORDS * RECORDS;
                    try {
                        List<StoredBatch> read = reader.read(20_000);
                        Batches.check(read, from, read.isEmpty() ? from : reader.position());
                        batches += read.size();
                        if (read.isEmpty()) {
                            reader.seek(log.startOffset());
                        }
                    } catch (TrimmedException e) {
                        assertThat(reader.position()).isLessThan(log.startOffset());
                        reader.seek(log.startOffset());
                    } catch (MissingException e) {
                        assertThat(e.hole().contains(reader.position())).isTrue();
                        reader.seek(random.nextBoolean() ? e.hole().to() : log.startOffset());
                    }
                }
            }
            return batches;
        };
    }
}
