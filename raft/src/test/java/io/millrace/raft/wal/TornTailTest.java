package io.millrace.raft.wal;

import static io.millrace.raft.wal.AbstractShardLogContract.append;
import static io.millrace.raft.wal.AbstractShardLogContract.assertFilled;
import static io.millrace.raft.wal.AbstractShardLogContract.assertRange;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A write that was torn ends the log, silently; it was never acknowledged. */
class TornTailTest {

    private final MemoryFiles files = new MemoryFiles();
    private final WalHarness harness = new WalHarness();

    /** Where the newest segment's last group begins and ends, as a scan sees it. */
    private LogEnd end() throws IOException {
        return new RecoveryScan().scan(SegmentDirectory.open(files.fullImage()));
    }

    private WriteAheadLog open() throws IOException {
        return harness.open(files, WalHarness.WITHOUT_IDLE_MARK);
    }

    @Test
    void shouldDropTheLastGroupWhereverItIsCutOrZeroed() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        append(log.shard(1), 4, 340, 1);
        WalHarness.kill(files, log);
        LogEnd end = end();
        String name = end.lastGroup().file().toString();
        byte[] whole = files.bytesOf(name).clone();
        int from = end.lastGroupPosition();
        int used = from + GroupHeader.decode(ByteBuffer.wrap(whole), from).length();

        for (int cut = from; cut < used + GroupHeader.BYTES; cut += cut < from + 200 ? 1 : 37) {
            byte[] zeroedAfter = whole.clone();
            Arrays.fill(zeroedAfter, cut, whole.length, (byte) 0);
            byte[] zeroedHere = whole.clone();
            Arrays.fill(
                    zeroedHere, cut, Math.min(cut + 512, from + end.lastGroupBytes()), (byte) 0);
            for (byte[] torn : List.of(zeroedAfter, zeroedHere)) {
                files.replace(name, torn);
                assertDropsAndGoesOn("cut at byte " + (cut - from));
            }
        }
    }

    private void assertDropsAndGoesOn(String when) throws IOException {
        WriteAheadLog log = open();
        assertThat(log.lostShards()).as(when).isEmpty();
        assertThat(log.shard(1).lastIndex()).as(when).isEqualTo(3);
        assertFilled(log.shard(1), 1, 3, 1);
        WalHarness.kill(files, log);
    }

    /** S4b: the torn group must not look like damage once the log has gone on behind it. */
    @Test
    void shouldGoOnAfterATornTailOverTwoRestarts() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        append(log.shard(2), 1, 40, 1);
        WalHarness.kill(files, log);
        LogEnd end = end();
        files.bytesOf(end.lastGroup().file().toString())[end.lastGroupPosition() + 100] ^= 1;

        for (int restart = 1; restart <= 3; restart++) {
            log = open();
            assertThat(log.lostShards()).isEmpty();
            assertRange(log.shard(2), 1, restart - 1);
            append(log.shard(2), restart, restart, 2);
            WalHarness.kill(files, log);
            assertNothingIsLeftBehindTheEnd();
        }
        log = open();
        assertThat(log.lostShards()).isEmpty();
        assertFilled(log.shard(1), 1, 3, 1);
        assertFilled(log.shard(2), 1, 3, 2);
        log.close();
    }

    private void assertNothingIsLeftBehindTheEnd() throws IOException {
        LogEnd end = end();
        byte[] onDisk = files.powerCut().bytesOf(end.active().file().toString());
        for (int at = end.position(); at < onDisk.length; at++) {
            assertThat(onDisk[at]).as("byte %d", at).isZero();
        }
    }

    /** S4c: what clients send can look like anything, but nobody outside knows the nonce. */
    @Test
    void shouldNotTakeAPayloadForALaterGroup() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        LogEnd before = end();
        WalShard shard = (WalShard) log.shard(1);
        GroupBuilder forged = new GroupBuilder(4096);
        forged.add(shard, WalRecord.of(WalRecord.Kind.RESET, 1, 9));
        ByteBuffer payload = ByteBuffer.allocate(8 * Block.BYTES);
        for (int i = 0; i < 7; i++) {
            ByteBuffer group =
                    forged.finish(before.active().header().nonce() + 1, 100 + i, 1L << 1);
            forged.clear();
            forged.add(shard, WalRecord.of(WalRecord.Kind.RESET, 1, 9));
            int alignedAt = Block.BYTES * (i + 1) - GroupHeader.BYTES - WalRecord.HEADER_BYTES;
            payload.position(alignedAt).put(group.limit(512));
        }
        log.shard(1).append(List.of(new WalEntry(4, 1, (byte) 1, payload.clear())));
        WalHarness.kill(files, log);
        LogEnd end = end();
        byte[] bytes = files.bytesOf(end.lastGroup().file().toString());
        assertThat(
                        GroupHeader.decode(
                                ByteBuffer.wrap(bytes), end.lastGroupPosition() + Block.BYTES))
                .as("the forgery is where a group could be")
                .isNotNull();
        Arrays.fill(bytes, end.lastGroupPosition(), end.lastGroupPosition() + 300, (byte) 0);

        log = open();
        assertThat(log.lostShards()).isEmpty();
        assertRange(log.shard(1), 1, 3);
        log.close();
    }

    /** The bytes of a file's earlier lives are behind the end of every recycled segment. */
    @Test
    void shouldNotTakeOldBytesOfARecycledSegmentForGroups() throws IOException {
        WriteAheadLog log = open();
        ShardLog shard = log.shard(1);
        for (int i = 1; i <= 200; i++) {
            shard.append(List.of(AbstractShardLogContract.entry(i, 1, WalHarness.large(i))));
            shard.truncatePrefix(i);
            if (i % 10 == 0) {
                MemoryFiles copy = files.powerCut();
                try (WriteAheadLog after = harness.open(copy, WalHarness.WITHOUT_IDLE_MARK)) {
                    assertThat(after.lostShards()).isEmpty();
                    assertThat(after.shard(1).lastIndex()).isEqualTo(i);
                    copy.kill();
                }
            }
        }
        assertThat(files.list()).as("files, so that they were recycled").hasSizeLessThan(8);
        log.close();
    }
}
