package io.millrace.raft.wal;

import static io.millrace.raft.wal.AbstractShardLogContract.append;
import static io.millrace.raft.wal.AbstractShardLogContract.assertFilled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Disks that say no. */
class PowerFailureTest {

    private final MemoryFiles files = new MemoryFiles();
    private final WalHarness harness = new WalHarness();

    private WriteAheadLog open() throws IOException {
        return harness.open(files, WalHarness.WITHOUT_IDLE_MARK);
    }

    @Test
    void shouldNeverWriteAgainAfterAForceHasFailed() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        WalHarness.awaitFiles(files, 2);
        files.failForcesAfter(0);

        assertThatThrownBy(() -> append(log.shard(1), 4, 4, 1))
                .isInstanceOf(WalFailedException.class)
                .hasMessageContaining("Input/output error");
        files.failForcesAfter(1000);
        int operations = files.operationCount();
        assertThatThrownBy(() -> append(log.shard(1), 4, 4, 1))
                .isInstanceOf(WalFailedException.class);
        assertThatThrownBy(() -> append(log.shard(2), 1, 1, 1))
                .isInstanceOf(WalFailedException.class);
        assertThatThrownBy(() -> log.shard(1).truncateSuffix(1))
                .isInstanceOf(WalFailedException.class);
        assertThat(log.shard(1).lastIndex()).isEqualTo(3);
        assertFilled(log.shard(1), 1, 3, 1);
        log.close();
        assertThat(files.operationCount()).isEqualTo(operations);
        assertThat(harness.fatal).hasSize(1);
    }

    @Test
    void shouldDropAWriteThatFailedHalfWay() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        WalHarness.awaitFiles(files, 2);
        files.failWritesAfter(0);
        assertThatThrownBy(() -> append(log.shard(1), 4, 90, 1))
                .isInstanceOf(WalFailedException.class);
        assertThat(harness.fatal).hasSize(1);
        WalHarness.kill(files, log);

        WriteAheadLog again = open();
        assertThat(again.lostShards()).isEmpty();
        assertThat(again.shard(1).lastIndex()).isEqualTo(3);
        again.close();
    }

    /**
     * S4a: the group whose force failed is read back from the page cache, and the next life counts
     * on it. It must be on the disk by then.
     */
    @Test
    void shouldNotCountOnAGroupThatIsOnlyInThePageCache() throws IOException {
        for (boolean inNewSegment : new boolean[] {false, true}) {
            MemoryFiles disk = new MemoryFiles();
            WriteAheadLog log = harness.open(disk, WalHarness.WITHOUT_IDLE_MARK);
            WalHarness.awaitFiles(disk, 2);
            int entries = inNewSegment ? 11 : 3;
            for (int i = 1; i <= entries; i++) {
                log.shard(1)
                        .append(List.of(AbstractShardLogContract.entry(i, 1, WalHarness.large(i))));
            }
            assertThat(log.usage().usedBytes()).isEqualTo(WalHarness.SEGMENT);
            disk.failForcesAfter(0);
            int last = entries + 1;
            assertThatThrownBy(
                            () ->
                                    log.shard(1)
                                            .append(
                                                    List.of(
                                                            AbstractShardLogContract.entry(
                                                                    last,
                                                                    1,
                                                                    WalHarness.large(last)))))
                    .isInstanceOf(WalFailedException.class);
            WalHarness.kill(disk, log);

            WriteAheadLog second = harness.open(disk, WalHarness.WITHOUT_IDLE_MARK);
            assertThat(second.shard(1).lastIndex()).as("read from the cache").isEqualTo(last);
            WalHarness.kill(disk, second);
            MemoryFiles afterCut = disk.powerCut();

            WriteAheadLog third = harness.open(afterCut, WalHarness.WITHOUT_IDLE_MARK);
            assertThat(third.lostShards()).isEmpty();
            assertThat(third.shard(1).lastIndex()).isEqualTo(last);
            assertThat(AbstractShardLogContract.text(third.shard(1).read(last)))
                    .isEqualTo(WalHarness.large(last));
            third.close();
        }
    }

    @Test
    void shouldNotOpenWhenTheEndCannotBeMadeDurable() throws IOException {
        WriteAheadLog log = open();
        append(log.shard(1), 1, 3, 1);
        WalHarness.kill(files, log);
        files.failForcesAfter(0);
        assertThatThrownBy(this::open).isInstanceOf(IOException.class);
        files.kill();

        WriteAheadLog again = open();
        assertFilled(again.shard(1), 1, 3, 1);
        again.close();
    }
}
