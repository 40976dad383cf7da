package io.millrace.raft.wal;

import static io.millrace.raft.wal.AbstractShardLogContract.append;
import static io.millrace.raft.wal.AbstractShardLogContract.assertFilled;
import static io.millrace.raft.wal.AbstractShardLogContract.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** All shards share a force; none waits for a second one. */
class GroupCommitTest {

    private final MemoryFiles files = new MemoryFiles();
    private final WalHarness harness = new WalHarness();
    private final CountDownLatch release = new CountDownLatch(1);

    private void holdForces() {
        files.beforeForce(
                () -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        return thread;
    }

    private static void awaitWaiting(Thread thread) {
        Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
    }

    @Test
    void shouldForceOnceForAllThatWaited() throws Exception {
        WriteAheadLog log = harness.open(files, WalHarness.WITHOUT_IDLE_MARK);
        WalHarness.awaitFiles(files, 2);
        holdForces();
        assertThat(log.stalledNanos()).isZero();
        Thread first = start(() -> append(log.shard(1), 1, 1, 1));
        Awaitility.await().until(() -> log.stalledNanos() > 1_000_000);
        List<Thread> others = new ArrayList<>();
        for (int shard = 2; shard <= 8; shard++) {
            ShardLog each = log.shard(shard);
            others.add(start(() -> append(each, 1, 2, 1)));
        }
        others.forEach(GroupCommitTest::awaitWaiting);
        assertThat(log.shard(1).lastIndex()).as("nothing counts before it is forced").isZero();

        release.countDown();
        first.join();
        for (Thread other : others) {
            other.join();
        }
        assertThat(harness.groups).endsWith(1, 14);
        assertThat(log.stalledNanos()).isZero();
        for (int shard = 2; shard <= 8; shard++) {
            assertFilled(log.shard(shard), 1, 2, 1);
        }
        log.close();
    }

    @Test
    void shouldSplitWhatIsLargerThanAGroupAndASegment() throws IOException {
        try (WriteAheadLog log = harness.open(files, WalHarness.WITHOUT_IDLE_MARK)) {
            List<WalEntry> entries = new ArrayList<>();
            for (int i = 1; i <= 40; i++) {
                entries.add(entry(i, 1, WalHarness.large(i)));
            }
            log.shard(1).append(entries);
            assertThat(log.usage().usedBytes()).isGreaterThan(2 * WalHarness.SEGMENT);
            assertThat(log.shard(1).lastIndex()).isEqualTo(40);
        }
        try (WriteAheadLog log = harness.open(files, WalHarness.WITHOUT_IDLE_MARK)) {
            for (int i = 1; i <= 40; i++) {
                assertThat(AbstractShardLogContract.text(log.shard(1).read(i)))
                        .isEqualTo(WalHarness.large(i));
            }
        }
    }

    @Test
    void shouldFinishWhatWaitsWhenItIsClosed() throws Exception {
        WriteAheadLog log = harness.open(files, WalHarness.WITHOUT_IDLE_MARK);
        WalHarness.awaitFiles(files, 2);
        holdForces();
        Thread first = start(() -> append(log.shard(1), 1, 1, 1));
        Awaitility.await().until(() -> log.stalledNanos() > 0);
        Thread second = start(() -> append(log.shard(2), 1, 1, 1));
        awaitWaiting(second);
        Thread closing =
                start(
                        () -> {
                            try {
                                log.close();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        release.countDown();
        closing.join();
        first.join();
        second.join();
        assertThatThrownBy(() -> append(log.shard(3), 1, 1, 1))
                .isInstanceOf(WalFailedException.class)
                .hasMessageContaining("closed");
        try (WriteAheadLog again = harness.open(files, WalHarness.WITHOUT_IDLE_MARK)) {
            assertFilled(again.shard(1), 1, 1, 1);
            assertFilled(again.shard(2), 1, 1, 1);
        }
    }

    @Test
    void shouldMakeAnAppendWaitWhileTheQueueIsFull() throws Exception {
        WalQueue queue = new WalQueue(1000);
        WalRequest large = new WalRequest(null, List.of(record(5000)));
        WalRequest small = new WalRequest(null, List.of(record(10)));
        queue.put(large);
        Thread waiting = start(() -> queue.put(small));
        awaitWaiting(waiting);
        assertThat(queue.take(0)).isSameAs(large);
        waiting.join();
        assertThat(queue.poll()).isSameAs(small);
        assertThat(queue.take(1000)).isNull();
    }

    @Test
    void shouldLetNobodyWaitOnAQueueThatIsClosed() throws Exception {
        WalQueue queue = new WalQueue(1000);
        WalRequest large = new WalRequest(null, List.of(record(5000)));
        queue.put(large);
        List<Throwable> thrown = new ArrayList<>();
        Thread waiting =
                start(
                        () -> {
                            try {
                                queue.put(large);
                            } catch (WalFailedException e) {
                                thrown.add(e);
                            }
                        });
        awaitWaiting(waiting);
        queue.close(new WalFailedException("closed"));
        waiting.join();
        assertThat(thrown).hasSize(1);
        assertThat(queue.poll()).isSameAs(large);
        assertThat(queue.take(Long.MAX_VALUE)).isNull();
    }

    private static WalRecord record(int bytes) {
        return WalRecord.entry(1, entry(1, 1, "x".repeat(bytes)));
    }
}
