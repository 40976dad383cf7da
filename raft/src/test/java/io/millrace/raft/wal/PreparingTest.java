package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How segments are made while others are written. */
class PreparingTest {

    private static final int SEGMENT = 4 << 20;
    private static final int AHEAD = 4;

    private final MemoryFiles files = new MemoryFiles();
    private final AtomicLong clock = new AtomicLong();

    /** Each force of zeroes takes an hour, and the rest that follows does so in earnest. */
    private WriteAheadLog open() throws IOException {
        files.beforeForce(
                () -> {
                    if (Thread.currentThread().getName().equals("wal-preparer")) {
                        clock.addAndGet(TimeUnit.HOURS.toNanos(1));
                    }
                });
        WalOptions options =
                WalHarness.WITHOUT_IDLE_MARK
                        .withSegments(SEGMENT, AHEAD, 16L * SEGMENT)
                        .withDelays(
                                Duration.ofHours(1),
                                Duration.ZERO,
                                Duration.ofMillis(2),
                                Duration.ofDays(1));
        return WriteAheadLog.open(files, options, new WalHarness(), clock::get, new Random(1));
    }

    private long finished() throws IOException {
        return files.list().stream().filter(name -> !name.endsWith(SegmentFile.UNFINISHED)).count();
    }

    private void awaitFinishedAndOneBegun(int count) {
        Awaitility.await().until(() -> finished() == count && files.list().size() == count + 1);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .during(Duration.ofMillis(100))
                .until(() -> finished() == count);
    }

    @Test
    void shouldRestBetweenStepsUnlessTheWriterNeedsFiles() throws IOException {
        WriteAheadLog log = open();
        try {
            // One is written to and two wait: enough for the third to take its time.
            awaitFinishedAndOneBegun(3);

            ByteBuffer payload = ByteBuffer.allocate(SEGMENT / 4);
            for (int index = 1; log.usage().usedBytes() < 2L * SEGMENT; index++) {
                log.shard(1).append(List.of(new WalEntry(index, 1, (byte) 1, payload.duplicate())));
            }
            awaitFinishedAndOneBegun(4);
        } finally {
            log.close();
        }
    }

    @Test
    void shouldCloseWhileItRests() throws IOException {
        WriteAheadLog log = open();
        awaitFinishedAndOneBegun(3);
        log.close();
        assertThat(files.list()).hasSize(4);
    }
}
