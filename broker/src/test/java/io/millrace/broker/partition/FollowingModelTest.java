package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/**
 * Appends, trims, jumps of the end, fills, losses, deletions and restarts in any order, with little
 * memory: whatever a follower reads is what a reader of the log reads at the same place.
 */
class FollowingModelTest {

    private static final int STEPS = 400;
    private static final int RECORDS = 3;
    private static final int FOLLOWERS = 3;
    private static final SegmentLimits LIMITS = new SegmentLimits(20_000, 1L << 40, 64 * 1024);

    /** What one read has shown: batches and the place after them, or why there are none. */
    private record Shown(List<StoredBatch> batches, long position, String failure) {}

    @TempDir Path directory;

    private final AtomicLong clock = new AtomicLong();
    private final RecentMemory memory = new RecentMemory(12_000);
    private final List<LogReader> followers = new ArrayList<>();
    private Random random;
    private PartitionLogStore store;
    private PartitionLog log;
    private LogReader plain;
    private long partitionId;

    @RepeatedTest(3)
    void shouldShowWhatAReaderOfTheLogShows() throws IOException {
        long seed = new Random().nextLong();
        random = new Random(seed);
        List<String> steps = new ArrayList<>();
        restart(LogState.EMPTY);
        try {
            for (int i = 0; i < STEPS; i++) {
                steps.add(step());
                assertThat(memory.bytes()).isLessThanOrEqualTo(memory.maxBytes());
                for (LogReader follower : followers) {
                    if (random.nextInt(4) != 0) {
                        follow(follower);
                    }
                }
            }
            // Or it has tested nothing.
            assertThat(memory.batchesFromMemory()).isGreaterThan(STEPS / 10);
            assertThat(memory.batchesFromLog()).isGreaterThan(STEPS / 10);
        } catch (AssertionError | IOException | RuntimeException e) {
            throw new AssertionError("seed " + seed + " after " + steps, e);
        } finally {
            store.close();
        }
    }

    private String step() throws IOException {
        int kind = random.nextInt(40);
        if (kind < 24) {
            int batches = 1 + random.nextInt(5);
            log.append(Batches.following(log, batches, RECORDS, 1 + random.nextInt(900)));
            return "append " + batches;
        } else if (kind < 27) {
            long kept = log.endOffset() - log.startOffset();
            long to = log.startOffset() + (long) (random.nextDouble() * kept);
            log.trim(to);
            return "trim to " + to;
        } else if (kind < 28) {
            long to = log.endOffset() + (long) RECORDS * (1 + random.nextInt(4));
            log.skipTo(to);
            return "skip to " + to;
        } else if (kind < 30) {
            return fill();
        } else if (kind < 31) {
            return lose();
        } else if (kind < 33) {
            memory.expire(clock.addAndGet(700_000_000));
            return "time passes";
        } else if (kind < 36) {
            LogReader follower = followers.get(random.nextInt(FOLLOWERS));
            long within = log.endOffset() - log.startOffset();
            follower.seek(log.startOffset() + (long) (random.nextDouble() * (within + 1)));
            return "seek to " + follower.position();
        } else if (kind < 38) {
            int one = random.nextInt(FOLLOWERS);
            followers.get(one).close();
            followers.set(one, log.follower(log.endOffset()));
            return "another follower";
        } else if (kind < 39) {
            restart(log.state());
            return "restart";
        }
        store.delete(partitionId++);
        for (LogReader follower : followers) {
            assertThat(show(follower, 1_000).failure()).startsWith("TrimmedException");
        }
        open(LogState.EMPTY);
        return "delete";
    }

    private String fill() throws IOException {
        if (log.holes().isEmpty()) {
            return "nothing to fill";
        }
        OffsetRange hole = log.holes().get(random.nextInt(log.holes().size()));
        long base = hole.from() / RECORDS * RECORDS;
        log.fill(Batches.between(base, hole.to(), RECORDS, 1 + random.nextInt(900)));
        return "fill " + hole;
    }

    private String lose() {
        List<SegmentState> segments = log.segments();
        if (segments.isEmpty()) {
            return "nothing to lose";
        }
        SegmentState lost = segments.get(random.nextInt(segments.size()));
        log.lose(lost.number());
        // Who is within a lost segment may read on until its file is gone; others come anew.
        plain.close();
        plain = log.reader(log.startOffset());
        followers.replaceAll(
                follower -> {
                    follower.close();
                    return log.follower(follower.position());
                });
        return "lose " + lost.baseOffset() + " to " + lost.endOffset();
    }

    private void restart(LogState state) throws IOException {
        if (store != null) {
            store.close();
        }
        store =
                ChroniclePartitionLogStore.open(
                        StoreSettings.of(directory, 0), clock::get, memory, Runnable::run);
        open(state);
        store.discardUnknown();
    }

    private void open(LogState state) throws IOException {
        log = store.open(partitionId, LIMITS, state);
        plain = log.reader(log.startOffset());
        followers.clear();
        for (int i = 0; i < FOLLOWERS; i++) {
            followers.add(log.follower(log.endOffset()));
        }
    }

    /** A follower may stop earlier, where memory ends; never with nothing where there is more. */
    private void follow(LogReader follower) {
        int maxBytes = 1 + random.nextInt(3_000);
        long from = follower.position();
        if (from < log.startOffset()) {
            assertThat(show(follower, maxBytes).failure()).startsWith("TrimmedException");
            follower.seek(log.startOffset());
            return;
        }
        plain.seek(from);
        Shown expected = show(plain, maxBytes);
        Shown shown = show(follower, maxBytes);
        assertThat(shown.failure()).isEqualTo(expected.failure());
        assertThat(shown.batches().isEmpty()).isEqualTo(expected.batches().isEmpty());
        int count = shown.batches().size();
        assertThat(shown.batches()).isEqualTo(expected.batches().subList(0, count));
        assertThat(shown.position())
                .isEqualTo(count == 0 ? from : shown.batches().get(count - 1).endOffset());
        if (shown.failure() != null) {
            follower.seek(log.endOffset());
        }
    }

    private static Shown show(LogReader reader, int maxBytes) {
        try {
            List<StoredBatch> batches = reader.read(maxBytes);
            return new Shown(batches, reader.position(), null);
        } catch (TrimmedException | MissingException e) {
            return new Shown(List.of(), reader.position(), e.getClass().getSimpleName() + e);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
