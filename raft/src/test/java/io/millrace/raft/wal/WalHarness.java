package io.millrace.raft.wal;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** Opens journals of tiny segments on a disk in memory, and hears what they say. */
final class WalHarness implements RaftListener {

    static final int SEGMENT = 64 << 10;

    /** Marks only when told to: the delay is longer than any test. */
    static final WalOptions WITHOUT_IDLE_MARK =
            WalOptions.defaults()
                    .withSegments(SEGMENT, 1, 16 * SEGMENT)
                    .withDelays(
                            Duration.ofHours(1),
                            Duration.ZERO,
                            Duration.ofMillis(2),
                            Duration.ofSeconds(20));

    static final WalOptions WITH_IDLE_MARK =
            WITHOUT_IDLE_MARK.withDelays(
                    Duration.ofMillis(1),
                    Duration.ZERO,
                    Duration.ofMillis(2),
                    Duration.ofSeconds(20));

    final List<Throwable> fatal = new CopyOnWriteArrayList<>();
    final List<String> spaceChanges = new CopyOnWriteArrayList<>();
    final Map<Integer, String> lost = new ConcurrentHashMap<>();
    final List<Integer> failedBeforeTold = new CopyOnWriteArrayList<>();
    final List<Integer> groups = new CopyOnWriteArrayList<>();
    private final Random random = new Random(42);
    private volatile WriteAheadLog opened;

    WriteAheadLog open(WalFiles files, WalOptions options) throws IOException {
        opened = WriteAheadLog.open(files, options, this, System::nanoTime, random);
        return opened;
    }

    /** Opens, and lets the process die: nothing is written when it goes. */
    static void kill(MemoryFiles files, WriteAheadLog log) throws IOException {
        files.kill();
        log.close();
    }

    /** Waits until the preparer has made as many files as there should be, and rests. */
    static void awaitFiles(MemoryFiles files, int count) {
        Awaitility.await()
                .until(
                        () ->
                                files.list().size() == count
                                        && files.list().stream()
                                                .noneMatch(
                                                        name ->
                                                                name.endsWith(
                                                                        SegmentFile.UNFINISHED)));
    }

    /** A text so long that few of them fill a segment. */
    static String large(int number) {
        return Integer.toString(number).repeat(4000).substring(0, 4000);
    }

    @Override
    public void walForced(int entries, long bytes, long writeNanos, long forceNanos) {
        groups.add(entries);
    }

    @Override
    public void fatal(String what, Throwable cause) {
        fatal.add(cause);
    }

    @Override
    public void walSpaceChanged(String problem) {
        spaceChanges.add(problem);
    }

    @Override
    public void shardLost(int shard, String reason) {
        if (opened.lostShards().containsKey(shard)) {
            failedBeforeTold.add(shard);
        }
        lost.put(shard, reason);
    }
}
