package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus.Role;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens when the write-ahead log fills up: L2 of the design review. */
@Timeout(60)
final class JournalPressureTest {

    @TempDir Path directory;

    private Bench bench;
    private Shard pinning;
    private Shard other;
    private final LineMachine machine = new LineMachine();

    @BeforeEach
    void open() throws Exception {
        bench = Bench.memory(directory);
        pinning = bench.create(1, machine);
        other = bench.create(2, new LineMachine());
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private void fill(int percent) {
        bench.journal.usage = MemoryJournal.filled(percent, 1);
        bench.engine.look();
    }

    @Test
    void shouldCheckpointTheShardThatPinsTheJournal() {
        assertThat(Bench.propose(pinning, "one")).isEqualTo("applied");
        assertThat(Bench.propose(other, "one")).isEqualTo("applied");

        fill(50);

        await().atMost(20, TimeUnit.SECONDS).until(() -> pinning.status().checkpointIndex() == 2);
        assertThat(other.status().checkpointIndex()).isZero();
    }

    /** The thread of jraft that appends is the one that would tell what is not needed any more. */
    @Test
    void shouldLetItsLogGoByACheckpointWhileItsAppendsWaitForRoom() throws Exception {
        assertThat(Bench.propose(pinning, "one")).isEqualTo("applied");
        long first = pinning.checkpoint().get(20, TimeUnit.SECONDS);
        assertThat(Bench.propose(pinning, "two")).isEqualTo("applied");
        // It is answered a moment before jraft counts it; until then there is nothing new.
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> pinning.status().appliedIndex() == pinning.status().lastLogIndex());
        bench.journal.full = new CountDownLatch(1);
        Line waiting = new Line("three");
        pinning.propose(waiting, pinning.leadingTerm());

        pinning.checkpoint().get(20, TimeUnit.SECONDS);

        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(pinning.status().firstLogIndex()).isEqualTo(first + 1));
        assertThat(waiting.answers).hasValue(0);
        bench.journal.full.countDown();
        assertThat(waiting.result()).isEqualTo("applied");
    }

    @Test
    void shouldMoveAnIdleShardOnSoThatItsLogCanGo() throws Exception {
        assertThat(Bench.propose(pinning, "one")).isEqualTo("applied");
        pinning.checkpoint().get(20, TimeUnit.SECONDS);

        fill(50);

        // An entry of its own, then a checkpoint, and the log starts behind the one before.
        await().atMost(20, TimeUnit.SECONDS).until(() -> pinning.status().firstLogIndex() > 2);
        assertThat(machine.lines).as("the machine never sees it").containsExactly("one");
        bench.reopen();
        LineMachine again = new LineMachine();
        bench.restart(1, again);
        assertThat(again.lines).containsExactly("one");
    }

    @Test
    void shouldRefuseTheWritesOfTheShardThatPinsAFullJournal() {
        fill(80);
        assertThat(Bench.propose(pinning, "no"))
                .startsWith("NOT_APPLIED_WAL_FULL: the write-ahead log must keep 85899345920 of");
        assertThat(pinning.status().problem()).contains("bytes, for shards [1]");
        assertThat(Bench.propose(other, "yes")).isEqualTo("applied");

        fill(95);
        assertThat(Bench.propose(other, "no")).startsWith("NOT_APPLIED_WAL_FULL");

        fill(40);
        assertThat(Bench.propose(pinning, "yes")).isEqualTo("applied");
        assertThat(pinning.status().problem()).isEmpty();
    }

    /** S8: what was dropped goes with the second manifest without it, also if nobody writes. */
    @Test
    void shouldTakeCheckpointsOfAnIdleShardWhileDiskSpaceWaitsForThem() {
        assertThat(Bench.propose(pinning, "delete")).isEqualTo("applied");
        machine.wantedCheckpoints = 3;

        await().atMost(20, TimeUnit.SECONDS)
                .until(
                        () -> {
                            bench.later.addAndGet(CheckpointSchedule.WANTED_NANOS);
                            return machine.completed == 3;
                        });
        long index = pinning.status().lastLogIndex();
        bench.later.addAndGet(2 * CheckpointSchedule.WANTED_NANOS);
        bench.engine.look();
        assertThat(pinning.status().lastLogIndex()).isEqualTo(index);
    }

    /** L2: the journal is at its cap soon if nobody looks at it while a slow disk is forced. */
    @Test
    void shouldRefuseWritesAlsoWhileACheckpointIsBeingForced() throws Exception {
        machine.forceGate.acquire();
        assertThat(Bench.propose(pinning, "one")).isEqualTo("applied");
        CompletableFuture<Long> slow = pinning.checkpoint();
        await().until(machine.forceGate::hasQueuedThreads);

        bench.journal.usage = MemoryJournal.filled(80, 1);
        await().atMost(20, TimeUnit.SECONDS).until(() -> !pinning.status().problem().isEmpty());
        assertThat(Bench.propose(pinning, "no")).startsWith("NOT_APPLIED_WAL_FULL");

        machine.forceGate.release();
        assertThat(slow.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void shouldRefuseWritesWhileTheDiskIsFull() {
        bench.journal.spaceProblem = "no space left on device";
        bench.engine.look();
        assertThat(Bench.propose(other, "no"))
                .isEqualTo(
                        "NOT_APPLIED_WAL_FULL: the write-ahead log cannot grow: no space left on"
                                + " device");
        assertThat(Bench.propose(other, Line.DELETE)).as("it makes room").isEqualTo("applied");

        bench.journal.spaceProblem = "";
        bench.engine.look();
        assertThat(Bench.propose(other, "yes")).isEqualTo("applied");
    }

    @Test
    void shouldStopAShardWhoseLogWasGivenUp() {
        bench.journal.lost.put(1, "the write-ahead log was full");
        bench.engine.look();

        await().atMost(20, TimeUnit.SECONDS).until(() -> machine.failure != null);
        assertThat(pinning.status().role()).isEqualTo(Role.FAILED);
        assertThat(pinning.status().problem()).contains("the write-ahead log was full");
        assertThat(Bench.propose(other, "yes")).isEqualTo("applied");
    }
}
