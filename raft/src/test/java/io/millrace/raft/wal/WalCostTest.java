package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Budgets of what an entry of 64 KiB costs in the write-ahead log. Counted, not timed: the same on
 * every machine. Whoever makes it cheaper lowers the budget.
 */
final class WalCostTest {

    private static final int ENTRY_BYTES = 64 << 10;

    /** The least of them counts: whatever else goes on only adds to it. */
    private static final int ROUNDS = 4;

    /** So many fit into a segment with what else is in it. */
    private static final int ENTRIES = 24;

    private static final int SEGMENT = 2 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** No marks. */
    private static WalOptions segmentsOf(int bytes) {
        return WalOptions.defaults()
                .withSegments(bytes, 1, 16L * bytes)
                .withDelays(
                        Duration.ofHours(1),
                        Duration.ZERO,
                        Duration.ofMillis(2),
                        Duration.ofSeconds(20));
    }

    @TempDir Path directory;

    @Test
    void shouldWriteAndForceOnceForEachGroup() throws IOException {
        MemoryFiles files = new MemoryFiles();
        try (WriteAheadLog log = new WalHarness().open(files, segmentsOf(SEGMENT))) {
            WalHarness.awaitFiles(files, 2);
            append(log.shard(1), 1, 1);
            int before = files.operationCount();
            append(log.shard(1), 2, ENTRIES);

            List<MemoryFiles.Operation> done =
                    files.operations().subList(before, files.operationCount());
            List<MemoryFiles.Written> writes =
                    done.stream()
                            .filter(MemoryFiles.Written.class::isInstance)
                            .map(MemoryFiles.Written.class::cast)
                            .toList();
            assertThat(writes).as("writes").hasSize(ENTRIES);
            assertThat(done.size() - writes.size()).as("forces").isEqualTo(ENTRIES);
            long bytes = writes.stream().mapToLong(write -> write.bytes().length).sum();
            assertThat(bytes / ENTRIES)
                    .as("bytes written for each entry: its blocks, and one that its head begins")
                    .isEqualTo(ENTRY_BYTES + Block.BYTES);
        }
    }

    @Test
    void shouldAllocateLittleForAnEntry() throws IOException {
        try (WriteAheadLog log =
                WriteAheadLog.open(
                        directory,
                        segmentsOf(ROUNDS * SEGMENT),
                        new RaftListener() {},
                        System::nanoTime,
                        new Random(1))) {
            long[] threads = threads();
            long each = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long before = allocatedBy(threads);
                append(log.shard(1), 1 + round * ENTRIES, ENTRIES);
                each = Math.min(each, (allocatedBy(threads) - before) / ENTRIES);
            }
            System.out.printf("journal: %,d bytes allocated for an entry%n", each);
            assertThat(each).as("bytes allocated for each entry").isBetween(100L, 6_000L);
        }
    }

    /** One after the other, each forced before the next. */
    private static void append(ShardLog log, long from, int count) {
        ByteBuffer payload = ByteBuffer.allocate(ENTRY_BYTES);
        for (long index = from; index < from + count; index++) {
            log.append(List.of(new WalEntry(index, 1, (byte) 1, payload.duplicate())));
        }
    }

    /** This thread and the log's own. */
    private static long[] threads() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(Objects::nonNull)
                .filter(
                        thread ->
                                thread.getThreadId() == Thread.currentThread().getId()
                                        || thread.getThreadName().startsWith("wal-"))
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
    }

    private static long allocatedBy(long[] threads) {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(threads)) {
            sum += bytes;
        }
        return sum;
    }
}
