package io.millrace.raft.wal;

import static io.millrace.raft.wal.AbstractShardLogContract.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rots a log that was closed in good order. Whatever it hits: a shard that is not reported as lost
 * has all its entries, and the log can be opened and goes on.
 */
class RotTest {

    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int SHARDS = 6;

    private final Random random = new Random(SEED);
    private final WalHarness harness = new WalHarness();
    private final MemoryFiles files = new MemoryFiles();
    private final Map<Integer, MemoryShardLog> model = new HashMap<>();
    private LogEnd end;

    @BeforeEach
    void writeALog() throws IOException {
        WriteAheadLog log = harness.open(files, WalHarness.WITHOUT_IDLE_MARK);
        for (int step = 0; step < 90; step++) {
            int shard = random.nextInt(SHARDS);
            change(log.shard(shard), modelOf(shard), step);
        }
        log.close();
        files.kill();
        end = new RecoveryScan().scan(SegmentDirectory.open(files.fullImage()));
    }

    private MemoryShardLog modelOf(int shard) {
        return model.computeIfAbsent(shard, MemoryShardLog::new);
    }

    private void change(ShardLog log, ShardLog same, int step) {
        long first = log.firstIndex();
        long last = log.lastIndex();
        int what = random.nextInt(14);
        for (ShardLog each : List.of(log, same)) {
            switch (what) {
                case 0 -> each.truncatePrefix(last);
                case 1 -> each.truncateSuffix(Math.max(first - 1, last - 2));
                case 2 -> each.reset(last + 10);
                default -> {
                    List<WalEntry> entries = new ArrayList<>();
                    String text = (step + ".").repeat(step * 37 % 900);
                    for (long i = last + 1; i <= last + 1 + step % 3; i++) {
                        entries.add(AbstractShardLogContract.entry(i, 1 + step / 10, text + i));
                    }
                    each.append(entries);
                }
            }
        }
    }

    @Test
    void shouldSeeEveryRottenSector() throws IOException {
        int lost = 0;
        for (String name : files.list()) {
            int sectors = files.bytesOf(name).length / MemoryFiles.SECTOR;
            for (int sector = 0; sector < sectors; sector++) {
                MemoryFiles rotten = files.fullImage();
                byte[] bytes = rotten.bytesOf(name);
                int at = sector * MemoryFiles.SECTOR;
                if (sector % 2 == 0) {
                    bytes[at + random.nextInt(MemoryFiles.SECTOR)] ^= (byte) (1 << sector / 2 % 8);
                } else {
                    Arrays.fill(bytes, at, at + MemoryFiles.SECTOR, (byte) 0);
                }
                lost += check(rotten, name + " sector " + sector);
            }
        }
        assertThat(lost).as("lost shards in all, seed %d", SEED).isPositive();
    }

    @Test
    void shouldSeeSeveralRottenSectorsBeforeTheLastGroups() throws IOException {
        List<String> names = files.list().stream().sorted().toList();
        for (int round = 0; round < 300; round++) {
            MemoryFiles rotten = files.fullImage();
            for (int i = 2 + random.nextInt(5); i > 0; i--) {
                String name = names.get(random.nextInt(names.size()));
                byte[] bytes = rotten.bytesOf(name);
                boolean isLast = name.equals(end.active().file().toString());
                int from = SegmentHeader.DATA_START;
                int to = isLast ? end.position() - 16384 : bytes.length;
                if (to > from) {
                    int at = from + random.nextInt(to - from);
                    bytes[at] ^= (byte) (1 + random.nextInt(255));
                }
            }
            check(rotten, "round " + round);
        }
    }

    private int check(MemoryFiles rotten, String what) throws IOException {
        String when = what + ", seed " + SEED;
        try (WriteAheadLog log = harness.open(rotten, WalHarness.WITHOUT_IDLE_MARK)) {
            model.keySet().forEach(log::shard);
            Map<Integer, String> lost = log.lostShards();
            model.forEach(
                    (shard, expected) -> {
                        if (!lost.containsKey(shard)) {
                            assertSame(log.shard(shard), expected, when);
                        }
                    });
            log.discard(99);
            AbstractShardLogContract.append(log.shard(99), 1, 1, 1);
            rotten.kill();
            return lost.size();
        }
    }

    private static void assertSame(ShardLog found, ShardLog expected, String when) {
        assertThat(found.lastIndex()).as(when).isEqualTo(expected.lastIndex());
        assertThat(found.firstIndex()).as(when).isLessThanOrEqualTo(expected.firstIndex());
        for (long i = expected.firstIndex(); i <= expected.lastIndex(); i++) {
            WalEntry entry = found.read(i);
            assertThat(entry).as(when).isNotNull();
            assertThat(text(entry)).as(when).isEqualTo(text(expected.read(i)));
            assertThat(found.term(i)).as(when).isEqualTo(expected.term(i));
        }
    }
}
