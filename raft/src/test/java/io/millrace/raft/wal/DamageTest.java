package io.millrace.raft.wal;

import static io.millrace.raft.wal.AbstractShardLogContract.append;
import static io.millrace.raft.wal.AbstractShardLogContract.assertFilled;
import static io.millrace.raft.wal.AbstractShardLogContract.assertRange;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What was durable and has rotted is never cut off: who needs it is lost, the others go on. */
class DamageTest {

    private final MemoryFiles files = new MemoryFiles();
    private final WalHarness harness = new WalHarness();

    private WriteAheadLog open() throws IOException {
        return harness.open(files, WalHarness.WITHOUT_IDLE_MARK);
    }

    /** Where the group that ends the log now begins, and in which file. */
    private LogEnd end() throws IOException {
        return new RecoveryScan().scan(SegmentDirectory.open(files.fullImage()));
    }

    private byte[] bytesOf(LogEnd group) {
        return files.bytesOf(group.lastGroup().file().toString());
    }

    @Test
    void shouldLoseOnlyTheShardWhoseGroupIsDamagedInTheMiddle() throws IOException {
        for (int damage = 0; damage < 3; damage++) {
            MemoryFiles disk = new MemoryFiles();
            WriteAheadLog log = harness.open(disk, WalHarness.WITHOUT_IDLE_MARK);
            append(log.shard(1), 1, 3, 1);
            append(log.shard(2), 1, 3, 1);
            LogEnd hit = new RecoveryScan().scan(SegmentDirectory.open(disk.fullImage()));
            append(log.shard(1), 4, 6, 1);
            append(log.shard(2), 4, 6, 1);
            append(log.shard(3), 1, 3, 1);
            WalHarness.kill(disk, log);
            byte[] bytes = disk.bytesOf(hit.lastGroup().file().toString());
            int at = hit.lastGroupPosition();
            switch (damage) {
                case 0 -> bytes[at + 3] ^= 1;
                case 1 -> bytes[at + GroupHeader.BYTES + 40] ^= 1;
                default -> Arrays.fill(bytes, at, at + hit.lastGroupBytes(), (byte) 0);
            }

            for (int restart = 0; restart < 2; restart++) {
                log = harness.open(disk, WalHarness.WITHOUT_IDLE_MARK);
                assertThat(log.lostShards()).as("damage %d", damage).containsOnlyKeys(2);
                assertFilled(log.shard(1), 1, 6, 1);
                assertFilled(log.shard(3), 1, 3, 1);
                ShardLog lost = log.shard(2);
                assertThatThrownBy(() -> lost.read(1)).isInstanceOf(WalFailedException.class);
                assertThatThrownBy(() -> append(lost, 7, 7, 1))
                        .isInstanceOf(WalFailedException.class)
                        .hasMessageContaining("shard 2 is lost");
                WalHarness.kill(disk, log);
            }
        }
    }

    @Test
    void shouldLoseAllWhoHaveNewestEntriesInDamageThatNobodyCanRead() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        append(log.shard(2), 1, 3, 1);
        LogEnd first = end();
        append(log.shard(3), 1, 3, 1);
        append(log.shard(4), 1, 3, 1);
        append(log.shard(5), 1, 3, 1);
        WalHarness.kill(files, log);
        int at = first.lastGroupPosition();
        Arrays.fill(bytesOf(first), at, at + 3 * Block.BYTES, (byte) 0);

        log = open();
        assertThat(log.lostShards()).as("those that left a trace").containsOnlyKeys(1);
        IntStream.rangeClosed(1, 5).forEach(log::shard);
        assertThat(log.lostShards()).containsOnlyKeys(1, 2, 3, 4);
        assertFilled(log.shard(5), 1, 3, 1);
        log.close();
    }

    @Test
    void shouldKeepAShardWhoseDamagedEntriesAreNotNeededAnyMore() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        append(log.shard(1), 4, 6, 1);
        LogEnd hit = end();
        append(log.shard(1), 7, 9, 1);
        log.shard(1).truncatePrefix(7);
        append(log.shard(1), 10, 10, 1);
        WalHarness.kill(files, log);
        bytesOf(hit)[hit.lastGroupPosition() + 60] ^= 1;

        log = open();
        assertThat(log.lostShards()).isEmpty();
        assertRange(log.shard(1), 7, 10);
        assertFilled(log.shard(1), 7, 10, 1);
        log.close();
    }

    /** S4d: without the empty group behind it, a rotten last group looks like a torn write. */
    @Test
    void shouldSeeThatTheLastGroupHasRottenOnceTheLogWasIdle() throws IOException {
        WriteAheadLog log = harness.open(files, WalHarness.WITH_IDLE_MARK);
        append(log.shard(1), 1, 3, 1);
        append(log.shard(2), 1, 3, 1);
        int withEntries = harness.groups.lastIndexOf(3);
        Awaitility.await().until(() -> harness.groups.size() > withEntries + 1);
        WalHarness.kill(files, log);
        LogEnd marked = end();
        assertThat(marked.lastGroupShards()).as("the last group is empty").isZero();
        bytesOf(marked)[marked.lastGroupPosition() - Block.BYTES + GroupHeader.BYTES + 40] ^= 1;

        log = open();
        log.shard(2);
        assertThat(log.lostShards()).containsOnlyKeys(2);
        log.close();
    }

    @Test
    void shouldWriteAnEmptyGroupBeforeItCloses() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        log.close();
        assertThat(end().lastGroupShards()).isZero();
    }

    @Test
    void shouldSurviveRotInOneCopyOfASegmentHead() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        WalHarness.kill(files, log);
        String name = end().active().file().toString();
        byte[] whole = files.bytesOf(name).clone();
        for (int at : new int[] {0, 4096}) {
            files.replace(name, whole);
            Arrays.fill(files.bytesOf(name), at, at + 4096, (byte) 0x5a);
            log = open();
            assertThat(log.lostShards()).isEmpty();
            assertFilled(log.shard(1), 1, 3, 1);
            WalHarness.kill(files, log);
        }
    }

    @Test
    void shouldLoseEveryShardForGoodWhenBothHeadsOfASegmentHaveRotten() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        WalHarness.kill(files, log);
        byte[] bytes = files.bytesOf(end().active().file().toString());
        bytes[20] ^= 1;
        bytes[4096 + 20] ^= 1;

        for (int restart = 0; restart < 3; restart++) {
            log = open();
            ShardLog shard = log.shard(1);
            assertThatThrownBy(() -> append(shard, 1, 1, 1))
                    .isInstanceOf(WalFailedException.class)
                    .hasMessageContaining("lost");
            if (restart == 1) {
                log.discard(2);
            } else if (restart == 2) {
                append(log.shard(2), 1, 1, 1);
            }
            WalHarness.kill(files, log);
        }
    }

    @Test
    void shouldLoseWhoNeedsASegmentThatIsGone() throws IOException {
        WriteAheadLog log = open();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            int shard = i <= 10 ? 1 : 2;
            long index = i <= 10 ? i : i - 10;
            log.shard(shard)
                    .append(List.of(AbstractShardLogContract.entry(index, 1, WalHarness.large(i))));
            String name = end().active().file().toString();
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        append(log.shard(3), 1, 2, 1);
        WalHarness.kill(files, log);
        assertThat(names).hasSizeGreaterThan(3);
        files.delete(names.get(1));

        log = open();
        assertThat(log.lostShards()).containsKey(2).doesNotContainKey(3);
        assertFilled(log.shard(3), 1, 2, 1);
        log.close();
    }

    @Test
    void shouldServeANewReplicaOnceTheLostOneIsDiscarded() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        LogEnd hit = end();
        append(log.shard(2), 1, 3, 1);
        WalHarness.kill(files, log);
        bytesOf(hit)[hit.lastGroupPosition() + 60] ^= 1;

        log = open();
        log.shard(1);
        assertThat(log.lostShards()).containsOnlyKeys(1);
        log.discard(1);
        assertThat(log.lostShards()).isEmpty();
        assertRange(log.shard(1), 1, 0);
        append(log.shard(1), 1, 2, 5);
        for (int restart = 0; restart < 2; restart++) {
            WalHarness.kill(files, log);
            log = open();
            assertThat(log.lostShards()).isEmpty();
            assertFilled(log.shard(1), 1, 2, 5);
        }
        log.close();
    }

    @Test
    void shouldFailTheReadOfAnEntryThatHasRottenSinceTheStart() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        LogEnd hit = end();
        bytesOf(hit)[hit.lastGroupPosition() + GroupHeader.BYTES + WalRecord.HEADER_BYTES] ^= 1;

        assertThatThrownBy(() -> log.shard(1).read(1))
                .isInstanceOf(WalFailedException.class)
                .hasMessageContaining("entry 1 of shard 1");
        assertThat(log.shard(1).read(2)).isNotNull();
        append(log.shard(1), 4, 4, 1);
        log.close();
    }

    @Test
    void shouldRefuseAFormatOfAnotherVersion() throws IOException {
        WriteAheadLog log = open();
        String name = end().active().file().toString();
        WalHarness.kill(files, log);
        byte[] bytes = files.bytesOf(name);
        bytes[11] = 1;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 60);
        ByteBuffer.wrap(bytes).putInt(60, (int) crc.getValue());

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 1")
                .hasMessageContaining("start the version that wrote it");
    }
}
