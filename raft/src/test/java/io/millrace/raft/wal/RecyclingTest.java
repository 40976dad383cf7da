package io.millrace.raft.wal;

import static io.millrace.raft.wal.AbstractShardLogContract.append;
import static io.millrace.raft.wal.AbstractShardLogContract.assertFilled;
import static io.millrace.raft.wal.AbstractShardLogContract.assertRange;
import static io.millrace.raft.wal.AbstractShardLogContract.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** When segments are used again, and what happens when there is none left. */
class RecyclingTest {

    private final MemoryFiles files = new MemoryFiles();
    private final WalHarness harness = new WalHarness();
    private int segment = WalHarness.SEGMENT;

    private WriteAheadLog open() throws IOException {
        return harness.open(files, options());
    }

    private WalOptions options() {
        return WalHarness.WITHOUT_IDLE_MARK.withSegments(segment, 1, 16L * segment);
    }

    /** For tests that write many small groups, each of which takes whole blocks. */
    private void useLargeSegments() {
        segment = 8 * WalHarness.SEGMENT;
    }

    /** One entry of which a dozen or so fill a segment. */
    private static void appendLarge(ShardLog shard) {
        long index = shard.lastIndex() + 1;
        shard.append(List.of(entry(index, 1, WalHarness.large((int) index))));
    }

    private long segments(WriteAheadLog log) {
        return log.usage().usedBytes() / segment;
    }

    private void fillSegments(WriteAheadLog log, int shard, int more) {
        for (long target = segments(log) + more; segments(log) < target; ) {
            appendLarge(log.shard(shard));
        }
    }

    private void awaitSegments(WriteAheadLog log, int count) {
        Awaitility.await().until(() -> segments(log) == count);
    }

    /** S5: the reset of shard 2 lies in a segment that only an older, pinned one protects. */
    @Test
    void shouldNotRecycleASegmentBeforeAnOlderOne() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 1, 1);
        append(log.shard(2), 1, 5, 1);
        fillSegments(log, 3, 1);
        log.shard(2).reset(100);
        fillSegments(log, 3, 2);
        log.shard(3).truncatePrefix(log.shard(3).lastIndex() + 1);
        append(log.shard(1), 2, 2, 1);
        assertThat(segments(log)).isEqualTo(4);
        assertThat(log.usage().pinningShards()).containsExactly(1);
        WalHarness.kill(files, log);

        log = open();
        assertThat(log.lostShards()).isEmpty();
        assertRange(log.shard(2), 100, 99);
        log.shard(1).truncatePrefix(2);
        awaitSegments(log, 1);
        assertRange(log.shard(2), 100, 99);
        WalHarness.kill(files, log);
        log = open();
        assertRange(log.shard(2), 100, 99);
        assertRange(log.shard(1), 2, 2);
        assertFilled(log.shard(1), 2, 2, 1);
        log.close();
    }

    @Test
    void shouldRememberMarksAndResetsWhenTheirSegmentsAreRecycled() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 5, 1);
        log.shard(1).truncatePrefix(50);
        log.shard(2).reset(70);
        fillSegments(log, 3, 6);
        log.shard(3).truncatePrefix(log.shard(3).lastIndex() + 1);
        awaitSegments(log, 1);
        for (int restart = 0; restart < 2; restart++) {
            WalHarness.kill(files, log);
            log = open();
            assertThat(log.lostShards()).isEmpty();
            assertRange(log.shard(1), 50, 49);
            assertRange(log.shard(2), 70, 69);
        }
        append(log.shard(1), 50, 50, 2);
        append(log.shard(2), 70, 70, 2);
        log.close();
    }

    @Test
    void shouldAnswerBelowTheMarkUntilTheSegmentIsRecycled() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 10, 1);
        log.shard(1).truncatePrefix(8);
        assertFilled(log.shard(1), 1, 10, 1);

        fillSegments(log, 1, 2);
        log.shard(1).truncatePrefix(log.shard(1).lastIndex());
        awaitSegments(log, 1);
        assertThat(log.shard(1).read(1)).isNull();
        assertThat(log.shard(1).term(1)).isZero();
        assertThat(log.shard(1).read(log.shard(1).lastIndex())).isNotNull();
        log.close();
    }

    @Test
    void shouldKeepSegmentsReadableForTheGrace() throws IOException {
        AtomicLong clock = new AtomicLong();
        useLargeSegments();
        WalOptions options =
                options()
                        .withDelays(
                                Duration.ofHours(1),
                                Duration.ofSeconds(10),
                                Duration.ofMillis(1),
                                Duration.ofHours(1));
        WriteAheadLog log = WriteAheadLog.open(files, options, harness, clock::get, new Random(1));
        append(log.shard(1), 1, 10, 1);
        fillSegments(log, 1, 2);
        log.shard(1).truncatePrefix(log.shard(1).lastIndex());
        append(log.shard(2), 1, 1, 1);
        clock.set(TimeUnit.SECONDS.toNanos(9));
        append(log.shard(2), 2, 2, 1);
        assertFilled(log.shard(1), 1, 10, 1);
        assertThat(segments(log)).isEqualTo(3);

        Awaitility.await()
                .until(
                        () -> {
                            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
                            log.shard(2).truncatePrefix(log.shard(2).firstIndex() + 1);
                            return segments(log) == 1;
                        });
        assertThat(log.shard(1).read(1)).isNull();
        log.close();
    }

    /** L3: Raft halts when it is told that an entry between first and last is not there. */
    @Test
    void shouldNeverMissAnEntryInRangeWhilePrefixesGoAndSegmentsAreRecycled() throws Exception {
        WalOptions options =
                WalHarness.WITHOUT_IDLE_MARK.withDelays(
                        Duration.ofHours(1),
                        Duration.ofMillis(50),
                        Duration.ofMillis(1),
                        Duration.ofSeconds(20));
        WriteAheadLog log = harness.open(files, options);
        ShardLog shard = log.shard(1);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<String> missing = new AtomicReference<>();
        AtomicLong reads = new AtomicLong();
        Runnable reader =
                () -> {
                    while (!stop.get() && missing.get() == null) {
                        reads.addAndGet(readSome(shard, options.recycleGrace(), missing));
                    }
                };
        CompletableFuture<Void> one = CompletableFuture.runAsync(reader);
        CompletableFuture<Void> two = CompletableFuture.runAsync(reader);
        for (int i = 1; i <= 500; i++) {
            appendLarge(shard);
            if (i % 5 == 0) {
                shard.truncatePrefix(i - 3);
            }
        }
        stop.set(true);
        CompletableFuture.allOf(one, two).get(10, TimeUnit.SECONDS);
        assertThat(missing.get()).isNull();
        assertThat(reads.get()).isPositive();
        log.close();
        assertThat(files.list()).hasSizeLessThanOrEqualTo(16);
    }

    /** Reads in the range as it was a moment ago: at most the grace, or all may be gone. */
    private static int readSome(ShardLog shard, Duration grace, AtomicReference<String> missing) {
        int reads = 0;
        long start = System.nanoTime();
        long first = shard.firstIndex();
        long last = shard.lastIndex();
        for (long i = first; i <= last; i += 1 + (last - first) / 2) {
            WalEntry found = shard.read(i);
            boolean inTime = System.nanoTime() - start < grace.toNanos();
            if (found == null
                    ? inTime
                    : !AbstractShardLogContract.text(found).equals(WalHarness.large((int) i))) {
                missing.set("entry " + i + " of " + first + " to " + last + ": " + found);
            }
            reads++;
        }
        return reads;
    }

    @Test
    void shouldTellWhoPinsHowMuch() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 1, 1);
        fillSegments(log, 2, 2);
        append(log.shard(3), 1, 1, 1);

        WalUsage usage = log.usage();
        assertThat(usage.usedBytes()).isEqualTo(3 * WalHarness.SEGMENT);
        assertThat(usage.capBytes()).isEqualTo(16 * WalHarness.SEGMENT);
        assertThat(usage.fraction()).isEqualTo(3 / 16.0);
        assertThat(usage.pinningShards()).containsExactlyInAnyOrder(1, 2);
        assertThat(usage.pinnedBytes())
                .containsEntry(1, 3L * WalHarness.SEGMENT)
                .containsEntry(2, 3L * WalHarness.SEGMENT)
                .containsEntry(3, (long) WalHarness.SEGMENT)
                .hasSize(3);
        log.close();
    }

    @Test
    void shouldGoOnAtTheCapWhenTheShardThatPinsIsGivenUp() throws Exception {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        ShardLog busy = log.shard(2);
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 400; i++) {
                                appendLarge(busy);
                                busy.truncatePrefix(Math.max(1, busy.lastIndex() - 5));
                            }
                        });
        Awaitility.await().until(() -> segments(log) == 16);
        log.giveUp(1, "it has failed");
        writing.get(10, TimeUnit.SECONDS);

        assertThat(harness.lost).containsOnlyKeys(1);
        assertThat(harness.failedBeforeTold).isEmpty();
        assertThat(log.lostShards()).containsOnlyKeys(1);
        assertThat(log.lostShards().get(1)).contains("it has failed");
        assertThatThrownBy(() -> append(log.shard(1), 4, 4, 1))
                .isInstanceOf(WalFailedException.class);
        assertThat(busy.lastIndex()).isEqualTo(400);
        assertThat(files.list()).hasSizeLessThanOrEqualTo(16);
        WalHarness.kill(files, log);

        WriteAheadLog again = open();
        assertThat(again.lostShards()).containsOnlyKeys(1);
        assertThat(again.shard(2).lastIndex()).isEqualTo(400);
        again.discard(1);
        append(again.shard(1), 1, 1, 1);
        again.close();
    }

    /**
     * L2: a replica that works may be the only one with what it holds, whoever else votes, so at
     * the cap writes wait, and none is lost.
     */
    @Test
    void shouldWaitAtTheCapForTheCheckpointOfTheShardThatPins() throws Exception {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        CompletableFuture<Void> busy =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 400; i++) {
                                appendLarge(log.shard(2));
                                log.shard(2).truncatePrefix(log.shard(2).lastIndex());
                            }
                        });
        Awaitility.await().until(() -> segments(log) == 16);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .during(Duration.ofMillis(200))
                .until(() -> !busy.isDone());
        assertThat(harness.lost).isEmpty();
        assertFilled(log.shard(1), 1, 3, 1);

        // Its checkpoint lets it go.
        log.shard(1).truncatePrefix(4);
        busy.get(10, TimeUnit.SECONDS);
        assertThat(log.lostShards()).isEmpty();
        assertThat(harness.fatal).isEmpty();
        append(log.shard(1), 4, 4, 1);
        log.close();
    }

    /** At the cap, a restart must give the shards a chance to checkpoint. */
    @Test
    void shouldStartAtTheCapWithoutGivingUpAnybody() throws IOException {
        useLargeSegments();
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        while (segments(log) < 16) {
            appendLarge(log.shard(2));
        }
        for (int restart = 0; restart < 30; restart++) {
            WalHarness.kill(files, log);
            log = open();
            append(log.shard(1), 4 + restart, 4 + restart, 1);
        }
        assertThat(harness.lost).isEmpty();
        assertThat(log.lostShards()).isEmpty();
        assertRange(log.shard(1), 1, 33);
        log.shard(1).truncatePrefix(33);
        log.shard(2).truncatePrefix(log.shard(2).lastIndex());
        WriteAheadLog last = log;
        Awaitility.await().until(() -> segments(last) <= 2);
        Awaitility.await().until(() -> files.list().size() <= 16);
        log.close();
    }

    /** The mark that frees segments may wait behind an append that needs one. */
    @Test
    void shouldNotGiveUpAShardWhoseMarkHasMovedOn() throws Exception {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        while (segments(log) < 16) {
            appendLarge(log.shard(2));
        }
        assertThat(harness.lost).isEmpty();
        log.shard(1).truncatePrefix(4);
        log.shard(2).truncatePrefix(log.shard(2).lastIndex());
        for (int i = 0; i < 100; i++) {
            appendLarge(log.shard(2));
            log.shard(2).truncatePrefix(log.shard(2).lastIndex());
        }
        assertThat(harness.lost).isEmpty();
        log.close();
    }

    @Test
    void shouldSayThatTheDiskIsFullWhileItStillTakesWritesAndRecover() throws Exception {
        WalOptions options =
                WalHarness.WITHOUT_IDLE_MARK.withSegments(
                        WalHarness.SEGMENT, 3, 16 * WalHarness.SEGMENT);
        WriteAheadLog log = harness.open(files, options);
        append(log.shard(1), 1, 1, 1);
        WalHarness.awaitFiles(files, 4);
        assertThat(log.spaceProblem()).isEmpty();
        files.setFreeBytes(WalHarness.SEGMENT / 2);
        fillSegments(log, 2, 1);
        Awaitility.await().until(() -> !log.spaceProblem().isEmpty());
        assertThat(log.spaceProblem()).contains("No space left");
        fillSegments(log, 2, 2);

        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> fillSegments(log, 2, 1));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .during(Duration.ofMillis(50))
                .until(() -> !waiting.isDone());
        assertThat(log.shard(1).read(1)).isNotNull();
        files.setFreeBytes(100L * WalHarness.SEGMENT);
        waiting.get(10, TimeUnit.SECONDS);
        Awaitility.await().until(() -> log.spaceProblem().isEmpty());
        assertThat(harness.spaceChanges).hasSize(2).last().isEqualTo("");
        assertThat(harness.fatal).isEmpty();
        log.close();
    }

    @Test
    void shouldCloseWhileItWaitsForSpace() throws Exception {
        WriteAheadLog log = open();
        WalHarness.awaitFiles(files, 2);
        files.setFreeBytes(0);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> fillSegments(log, 2, 3));
        Awaitility.await().until(() -> segments(log) == 2 && !log.spaceProblem().isEmpty());
        log.close();
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(WalFailedException.class);
        assertThat(harness.fatal).isEmpty();
    }

    @Test
    void shouldGoOnWithSegmentsOfAnotherSize() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        fillSegments(log, 2, 3);
        log.close();
        WalOptions larger =
                WalHarness.WITHOUT_IDLE_MARK.withSegments(
                        2 * WalHarness.SEGMENT, 1, 32 * WalHarness.SEGMENT);
        log = harness.open(files, larger);
        assertFilled(log.shard(1), 1, 3, 1);
        for (int i = 0; i < 50; i++) {
            appendLarge(log.shard(2));
        }
        log.shard(1).truncatePrefix(4);
        log.shard(2).truncatePrefix(log.shard(2).lastIndex());
        WriteAheadLog last = log;
        Awaitility.await().until(() -> last.usage().usedBytes() == 2 * WalHarness.SEGMENT);
        long index = log.shard(2).lastIndex();
        log.close();
        log = open();
        assertRange(log.shard(2), index, index);
        log.close();
    }
}
