package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowingReaderTest {

    private static final SegmentLimits LIMITS = new SegmentLimits(1 << 20, 1L << 40, 64 * 1024);
    private static final long SECOND_NANOS = 1_000_000_000;

    @TempDir Path directory;

    private final RecentMemory memory = new RecentMemory(100_000);
    private final AtomicLong clock = new AtomicLong();
    private PartitionLogStore store;
    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        store =
                ChroniclePartitionLogStore.open(
                        StoreSettings.of(directory, 0), clock::get, memory, Runnable::run);
        log = store.open(1, LIMITS, LogState.EMPTY);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private LogReader followerAtEnd() throws IOException {
        LogReader follower = log.follower(log.endOffset());
        assertThat(follower.read(1)).isEmpty();
        return follower;
    }

    @Test
    void shouldHoldNothingOfALogThatNobodyFollows() throws IOException {
        try (LogReader reader = log.reader(0)) {
            Batches.append(log, 3, 2, 1_000);
            Batches.check(reader.read(10_000), 0, 6);
        }
        assertThat(memory.bytes()).isZero();

        followerAtEnd().close();
        Batches.append(log, 3, 2, 1_000);
        assertThat(memory.bytes()).isZero();
    }

    @Test
    void shouldGiveAllFollowersTheSameArray() throws IOException {
        try (LogReader one = followerAtEnd();
                LogReader two = followerAtEnd()) {
            List<StoredBatch> appended = Batches.following(log, 2, 2, 1_000);
            log.append(appended);

            List<StoredBatch> read = one.read(10_000);

            Batches.check(read, 0, 4);
            assertThat(two.read(10_000).get(1).batch().array())
                    .isSameAs(read.get(1).batch().array())
                    .isSameAs(appended.get(1).batch().array());
            assertThat(memory.batchesFromMemory()).isEqualTo(4);
            assertThat(memory.batchesFromLog()).isZero();
        }
    }

    @Test
    void shouldNotHoldALargeEntryForASmallBatch() throws IOException {
        try (LogReader follower = followerAtEnd()) {
            List<StoredBatch> appended = new ArrayList<>();
            byte[] entry = new byte[50_000];
            ByteBuffer direct = ByteBuffer.allocateDirect(1_000);
            for (StoredBatch batch : Batches.following(log, 2, 2, 1_000)) {
                boolean first = appended.isEmpty();
                ByteBuffer within = first ? ByteBuffer.wrap(entry, 7_000, 1_000).slice() : direct;
                within.put(batch.batch().duplicate()).flip();
                appended.add(
                        new StoredBatch(
                                batch.baseOffset(),
                                batch.recordCount(),
                                batch.raftIndex(),
                                batch.leaderEpoch(),
                                batch.appendTimeMs(),
                                within));
            }
            log.append(appended);

            assertThat(memory.bytes()).isBetween(2_000L, 3_000L);
            List<StoredBatch> read = follower.read(10_000);
            Batches.check(read, 0, 4);
            assertThat(read.get(0).batch().array()).hasSize(2_000);
        }
    }

    @Test
    void shouldLetGoOfTheOldestAndReadThatFromTheLog() throws IOException {
        try (LogReader slow = followerAtEnd();
                LogReader quick = followerAtEnd()) {
            for (int i = 0; i < 20; i++) {
                Batches.append(log, 1, 2, 9_000);
                assertThat(memory.bytes()).isBetween(9_000L, memory.maxBytes());
                Batches.check(quick.read(10_000), 2 * i, 2 * i + 2);
            }
            assertThat(memory.batchesFromMemory()).isEqualTo(20);

            Batches.check(slow.read(10_000), 0, 2);
            assertThat(memory.batchesFromLog()).isEqualTo(1);
            Batches.check(slow.read(1 << 20), 2, 40);
        }
    }

    @Test
    void shouldHoldNothingForLong() throws IOException {
        try (LogReader follower = followerAtEnd()) {
            Batches.append(log, 1, 2, 1_000);
            clock.addAndGet(SECOND_NANOS / 2);
            Batches.append(log, 1, 2, 1_000);
            long both = memory.bytes();

            memory.expire(clock.addAndGet(SECOND_NANOS * 2 / 3));
            assertThat(memory.bytes()).isEqualTo(both / 2);
            memory.expire(clock.addAndGet(SECOND_NANOS));
            assertThat(memory.bytes()).isZero();

            Batches.check(follower.read(10_000), 0, 4);
            assertThat(memory.batchesFromLog()).isEqualTo(2);
        }
    }

    @Test
    void shouldNotShowWhatTheLogHasNotAnyMore() throws IOException {
        try (LogReader follower = followerAtEnd()) {
            Batches.append(log, 4, 2, 1_000);
            log.trim(3);
            assertThatThrownBy(() -> follower.read(1)).isInstanceOf(TrimmedException.class);
            follower.seek(3);
            Batches.check(follower.read(1), 2, 4);

            log.lose(log.segments().get(0).number());
            assertThatThrownBy(() -> follower.read(1)).isInstanceOf(MissingException.class);

            Batches.append(log, 1, 2, 1_000);
            follower.seek(8);
            Batches.check(follower.read(1), 8, 10);
            Batches.append(log, 1, 2, 1_000);
            store.delete(1);
            assertThatThrownBy(() -> follower.read(1)).isInstanceOf(TrimmedException.class);
        }
    }
}
