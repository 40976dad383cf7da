package io.millrace.raft.wal;

import static io.millrace.raft.wal.AbstractShardLogContract.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power after every single operation on the disk that a life with several restarts makes:
 * with all that was not forced dropped, kept, torn at any sector. Each time everything that was
 * acknowledged must be there, nothing may be invented, and the log must go on.
 */
class CrashStateTest {

    private static final long SEED = Long.getLong("seed", 20261122);

    /** So that a life of small groups, of whole blocks each, fills and recycles a few of them. */
    private static final int SEGMENT = 2 * WalHarness.SEGMENT;

    private static final WalOptions MARKING =
            WalHarness.WITH_IDLE_MARK.withSegments(SEGMENT, 1, 16 * SEGMENT);
    private static final WalOptions QUIET =
            WalHarness.WITHOUT_IDLE_MARK.withSegments(SEGMENT, 1, 16 * SEGMENT);

    /** How a shard may look after a crash. */
    private record View(long first, TreeMap<Long, String> entries, long next) {

        static View empty() {
            return new View(1, new TreeMap<>(), 1);
        }
    }

    /** From an operation on, until the next of the same shard, one of these may be found. */
    private record Step(int shard, int begun, int returned, List<View> during, View after) {
        boolean lazy() {
            return during.get(0).first < after.first && during.get(0).next == after.next;
        }
    }

    private final MemoryFiles files = new MemoryFiles();
    private final WalHarness harness = new WalHarness();
    private final List<Step> steps = new ArrayList<>();
    private final Map<Integer, View> views = new HashMap<>();
    private final Random random = new Random(SEED);
    private WriteAheadLog log;
    private int written;

    @Test
    void shouldKeepAllThatWasForcedAndInventNothingWhereverThePowerIsCut() throws IOException {
        liveThroughALot();

        MemoryFiles disk = new MemoryFiles();
        List<MemoryFiles.Operation> operations = files.operations();
        int states = 0;
        for (int count = 0; count <= operations.size(); count++) {
            if (count > 0) {
                disk.perform(operations.get(count - 1));
            }
            for (MemoryFiles image : images(disk, count, operations)) {
                check(image, count);
                states++;
            }
        }
        assertThat(states).as("states, seed %d", SEED).isGreaterThan(1000);
        LogEnd end = new RecoveryScan().scan(SegmentDirectory.open(files));
        System.err.println(
                "CRASH segment "
                        + end.active().number()
                        + " files "
                        + files.list().size()
                        + " states "
                        + states);
        assertThat(files.list()).as("files, so that some were recycled").hasSizeLessThan(6);
        assertThat(end.active().number())
                .as("segments, so that files were recycled")
                .isGreaterThan(files.list().size());
    }

    private void liveThroughALot() throws IOException {
        log = harness.open(files, MARKING);
        for (int round = 0; round < 12; round++) {
            append(1, 3, 20);
            append(2, 1, 3000);
            append(1, 5, 1500);
            truncateSuffix(1, 2);
            append(1, 1, 10);
            append(3, 2, 9000);
            if (round % 5 == 1) {
                reset(2, 100L + round);
            }
            truncatePrefix(1, 4);
            truncatePrefix(3, 2);
            truncatePrefix(2, 1);
            if (round % 4 == 2) {
                log.close();
                log = harness.open(files, QUIET);
            } else if (round % 4 == 3) {
                WalHarness.kill(files, log);
                log = harness.open(files, MARKING);
            }
        }
        log.close();
    }

    private void append(int shard, int count, int size) {
        View before = view(shard);
        List<View> during = new ArrayList<>();
        List<WalEntry> entries = new ArrayList<>();
        TreeMap<Long, String> kept = new TreeMap<>(before.entries);
        for (long index = before.next; index < before.next + count; index++) {
            during.add(new View(before.first, new TreeMap<>(kept), index));
            String text = written++ + "x".repeat(size);
            entries.add(AbstractShardLogContract.entry(index, 1, text));
            kept.put(index, text);
        }
        View after = new View(before.first, kept, before.next + count);
        step(shard, during, after, () -> log.shard(shard).append(entries));
    }

    private void truncateSuffix(int shard, int dropped) {
        View before = view(shard);
        long next = before.next - dropped;
        TreeMap<Long, String> kept = new TreeMap<>(before.entries.headMap(next));
        View after = new View(before.first, kept, next);
        step(shard, List.of(before), after, () -> log.shard(shard).truncateSuffix(next - 1));
    }

    private void reset(int shard, long next) {
        View after = new View(next, new TreeMap<>(), next);
        step(shard, List.of(view(shard)), after, () -> log.shard(shard).reset(next));
    }

    /** Lazy: the mark may come late, what lies above it may not go. */
    private void truncatePrefix(int shard, int kept) {
        View before = view(shard);
        long first = Math.max(before.first, before.next - kept);
        View after = new View(first, before.entries, before.next);
        step(shard, List.of(before), after, () -> log.shard(shard).truncatePrefix(first));
    }

    private void step(int shard, List<View> during, View after, Runnable call) {
        int begun = files.operationCount();
        call.run();
        steps.add(new Step(shard, begun, files.operationCount(), during, after));
        views.put(shard, after);
    }

    private View view(int shard) {
        return views.getOrDefault(shard, View.empty());
    }

    private List<MemoryFiles> images(
            MemoryFiles disk, int count, List<MemoryFiles.Operation> operations) {
        List<MemoryFiles> images = new ArrayList<>();
        images.add(disk.powerCut());
        images.add(disk.fullImage());
        images.add(disk.powerCut(random));
        images.add(disk.powerCut(random));
        if (count > 0 && operations.get(count - 1) instanceof MemoryFiles.Written last) {
            int from = last.position() / MemoryFiles.SECTOR;
            int sectors = last.bytes().length / MemoryFiles.SECTOR;
            for (int cut : cuts(sectors)) {
                images.add(disk.powerCut(sector -> sector < from + cut, false));
                images.add(disk.powerCut(sector -> sector >= from + cut, true));
            }
        }
        return images;
    }

    /** All sector borders of a small write, some of a large one. */
    private int[] cuts(int sectors) {
        return sectors <= 8
                ? IntStream.range(1, Math.max(1, sectors)).toArray()
                : new int[] {1, 2, sectors / 2, sectors - 1};
    }

    private void check(MemoryFiles image, int count) throws IOException {
        String when = "after " + count + " operations, seed " + SEED;
        Map<Integer, Long> ends = new HashMap<>();
        try (WriteAheadLog recovered = harness.open(image, QUIET)) {
            assertThat(recovered.lostShards()).as(when).isEmpty();
            for (int shard = 1; shard <= 3; shard++) {
                ShardLog found = recovered.shard(shard);
                assertThat(allowed(shard, count)).as(when).anyMatch(view -> matches(view, found));
                AbstractShardLogContract.append(
                        found, found.lastIndex() + 1, found.lastIndex() + 1, 7);
                ends.put(shard, found.lastIndex());
            }
            image.kill();
        }
        MemoryFiles again = image.powerCut();
        try (WriteAheadLog recovered = harness.open(again, QUIET)) {
            assertThat(recovered.lostShards()).as(when).isEmpty();
            ends.forEach(
                    (shard, end) -> {
                        assertThat(recovered.shard(shard).lastIndex()).as(when).isEqualTo(end);
                        AbstractShardLogContract.assertFilled(recovered.shard(shard), end, end, 7);
                    });
            again.kill();
        }
    }

    /** The last state that was durable for sure, and all that may have come about since. */
    private List<View> allowed(int shard, int count) {
        List<View> allowed = new ArrayList<>(List.of(View.empty()));
        for (Step step : steps) {
            if (step.shard != shard || step.begun > count) {
                continue;
            }
            if (step.returned <= count && !step.lazy()) {
                allowed.clear();
            } else {
                allowed.addAll(step.during);
            }
            allowed.add(step.after);
        }
        return allowed;
    }

    private static boolean matches(View view, ShardLog found) {
        if (found.firstIndex() > view.first || found.lastIndex() != view.next - 1) {
            return false;
        }
        for (long index = found.firstIndex(); index < view.next; index++) {
            WalEntry entry = found.read(index);
            if (entry == null || !text(entry).equals(view.entries.get(index))) {
                return false;
            }
        }
        return true;
    }
}
