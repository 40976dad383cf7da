package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Budgets of what a batch of 64 KiB costs in a partition log. Counted, not timed: the same on every
 * machine. Whoever makes it cheaper lowers the budget.
 */
final class PartitionLogCostTest {

    private static final int BATCH_BYTES = 64 << 10;
    private static final int WARM_UP = 100;
    private static final int BATCHES = 400;
    private static final SegmentLimits LIMITS = new SegmentLimits(1 << 30, Long.MAX_VALUE, 1 << 20);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path directory;

    private final AtomicLong filledBytes = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong unaligned = new AtomicLong();
    private final AtomicLong forces = new AtomicLong();
    private ChroniclePartitionLogStore store;
    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        store =
                ChroniclePartitionLogStore.open(
                        StoreSettings.of(directory, 0),
                        System::nanoTime,
                        new RecentMemory(1 << 20),
                        Runnable::run,
                        this::counted,
                        () -> Long.MAX_VALUE);
        log = store.open(1, LIMITS, LogState.EMPTY);
        Batches.append(log, WARM_UP, 64, BATCH_BYTES);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private DataFile counted(Path path) throws IOException {
        DataFile file = DataFile.onDisk(path);
        return new DataFile() {
            @Override
            public void write(ByteBuffer bytes, long position) throws IOException {
                filledBytes.addAndGet(bytes.remaining());
                writes.incrementAndGet();
                if ((position | bytes.remaining()) % SegmentFile.FILL_BYTES != 0) {
                    unaligned.incrementAndGet();
                }
                file.write(bytes, position);
            }

            @Override
            public void force() throws IOException {
                forces.incrementAndGet();
                file.force();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Test
    void shouldFillTheFileOnceAndForceNothingByAppending() throws IOException {
        long filledBefore = filledBytes.get();
        long writesBefore = writes.get();
        Batches.append(log, BATCHES, 64, BATCH_BYTES);
        double filled = (double) (filledBytes.get() - filledBefore) / BATCHES / BATCH_BYTES;
        double calls = (double) (writes.get() - writesBefore) / BATCHES;
        System.out.printf("append: %.3f bytes filled for a byte, %.2f writes%n", filled, calls);
        assertThat(filled).as("zeros written for each byte").isBetween(0.98, 1.02);
        assertThat(calls).as("writes for each batch").isBetween(0.01, 1.02);
        assertThat(unaligned).as("writes that the kernel caches in many pieces").hasValue(0);
        // Those of the background depend on the time that this took: one a second.
        assertThat(forces).as("forces").hasValueLessThan(BATCHES / 10);
    }

    @Test
    void shouldFillForLargeBatchesByFewWrites() throws IOException {
        long before = writes.get();
        Batches.append(log, 40, 64, 16 * BATCH_BYTES);
        double calls = (double) (writes.get() - before) / 40;
        System.out.printf("append: %.2f writes for a batch of 1 MiB%n", calls);
        assertThat(calls).as("writes for each batch").isBetween(0.01, 5.1);
        assertThat(unaligned).as("writes that the kernel caches in many pieces").hasValue(0);
    }

    /** What lies ahead is written to the disk for nothing by each force that comes before it. */
    @Test
    void shouldFillLittleAheadOfALogThatGrowsSlowly() throws IOException {
        PartitionLog slow = store.open(2, LIMITS, LogState.EMPTY);
        long before = filledBytes.get();
        for (int i = 0; i < 500; i++) {
            Batches.append(slow, 1, 1, 1_000);
            long ahead = filledBytes.get() - before - slow.sizeBytes();
            assertThat(ahead).as("zeros ahead").isBetween(4_096L, 96L << 10);
        }
    }

    @Test
    void shouldAllocateLittleToAppend() throws IOException {
        List<StoredBatch> batches = Batches.following(log, BATCHES, 64, BATCH_BYTES);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (StoredBatch batch : batches) {
            log.append(List.of(batch));
        }
        long each = (THREADS.getCurrentThreadAllocatedBytes() - before) / BATCHES;
        System.out.printf("append: %,d bytes allocated for a batch%n", each);
        assertThat(each).as("bytes allocated for each batch").isBetween(100L, 4_000L);
    }

    @Test
    void shouldCopyABatchOnceToReadIt() throws IOException {
        Batches.append(log, BATCHES, 64, BATCH_BYTES);
        try (LogReader reader = log.reader(0)) {
            read(reader, WARM_UP);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            read(reader, BATCHES);
            long each = (THREADS.getCurrentThreadAllocatedBytes() - before) / BATCHES;
            System.out.printf("read: %,d bytes allocated for a batch%n", each);
            assertThat(each)
                    .as("bytes allocated for each batch")
                    .isBetween((long) BATCH_BYTES, BATCH_BYTES + 3_000L);
        }
    }

    /** A subscriber at the end of the log: each read is for what was appended just before. */
    @Test
    void shouldNotPayMuchMoreToReadAtTheEnd() throws IOException {
        long each = readAtTheEnd(log.reader(log.endOffset()));
        System.out.printf("read at the end: %,d bytes allocated for a batch%n", each);
        assertThat(each)
                .as("bytes allocated for each batch")
                .isBetween((long) BATCH_BYTES, BATCH_BYTES + 3_000L);
    }

    @Test
    void shouldPayNextToNothingToFollowTheEnd() throws IOException {
        long each = readAtTheEnd(log.follower(log.endOffset()));
        System.out.printf("followed at the end: %,d bytes allocated for a batch%n", each);
        assertThat(each).as("bytes allocated for each batch").isBetween(1L, 1_000L);
    }

    private long readAtTheEnd(LogReader opened) throws IOException {
        List<StoredBatch> batches = Batches.following(log, BATCHES, 64, BATCH_BYTES);
        try (LogReader reader = opened) {
            assertThat(reader.read(1)).isEmpty();
            long allocated = 0;
            for (StoredBatch batch : batches) {
                log.append(List.of(batch));
                long before = THREADS.getCurrentThreadAllocatedBytes();
                read(reader, 1);
                allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            return allocated / BATCHES;
        }
    }

    private static void read(LogReader reader, int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            // Not by an assertion, which allocates.
            if (reader.read(1).size() != 1) {
                throw new AssertionError("batch " + i + " did not come alone");
            }
        }
    }
}
