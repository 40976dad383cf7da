package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CheckpointTest {

    @TempDir Path directory;

    private Bench bench;
    private LineMachine machine = new LineMachine();
    private Shard shard;
    private int proposed;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.real(directory);
        shard = bench.create(0, machine);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private void propose(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(Bench.propose(shard, "line " + proposed++)).isEqualTo("applied");
        }
    }

    private long checkpoint() throws Exception {
        return shard.checkpoint().get(20, TimeUnit.SECONDS);
    }

    /** Closes the engine, changes the disk, and starts the replica again. */
    private void restart(DiskChange change) throws Exception {
        bench.engine.close();
        change.apply();
        bench.open();
        machine = new LineMachine();
        shard = bench.restart(0, machine);
    }

    private interface DiskChange {
        void apply() throws IOException;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(bench.checkpoints(0))) {
            return files.sorted().toList();
        }
    }

    private static void rot(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void shouldReplayOnlyWhatFollowsTheCheckpoint() throws Exception {
        propose(10);
        long mark = checkpoint();
        propose(5);
        List<String> lines = List.copyOf(machine.lines);

        restart(() -> {});

        assertThat(mark).isEqualTo(11);
        assertThat(machine.events)
                .containsExactly("restore 11", "started", "leaderStarted after 15");
        assertThat(machine.lines).isEqualTo(lines);
        assertThat(machine.applied).containsExactly(12L, 13L, 14L, 15L, 16L);
        assertThat(shard.status().checkpointIndex()).isEqualTo(11);
    }

    @Test
    void shouldKeepTheLogBackToTheCheckpointBefore() throws Exception {
        propose(10);
        long first = checkpoint();
        propose(10);
        long second = checkpoint();
        await().untilAsserted(
                        () -> assertThat(shard.status().firstLogIndex()).isEqualTo(first + 1));
        propose(10);
        long third = checkpoint();
        await().untilAsserted(
                        () -> assertThat(shard.status().firstLogIndex()).isEqualTo(second + 1));

        assertThat(files()).hasSize(2);
        assertThat(machine.completed).isEqualTo(3);
        assertThat(checkpoint()).as("nothing new").isEqualTo(third);
        assertThat(files()).hasSize(2);
        assertThat(shard.status().firstLogIndex()).isEqualTo(second + 1);
    }

    @Test
    void shouldTakeOneCheckpointAfterTheOtherWhenAskedAtOnce() throws Exception {
        propose(3);
        var first = shard.checkpoint();
        propose(3);
        var second = shard.checkpoint();

        assertThat(first.get(20, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(4);
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(7);
    }

    @Test
    void shouldIgnoreAManifestThatWasNotRenamed() throws Exception {
        propose(10);
        checkpoint();
        propose(5);
        List<String> lines = List.copyOf(machine.lines);

        restart(
                () -> {
                    Path written = files().get(0);
                    Path next = bench.checkpoints(0).resolve("checkpoint-00000000000000000016.tmp");
                    Files.copy(written, next);
                });

        assertThat(machine.events).contains("restore 11");
        assertThat(machine.lines).isEqualTo(lines);
        assertThat(files()).hasSize(1);
    }

    @Test
    void shouldIgnoreHalfAManifestThatWasNotRenamed() throws Exception {
        propose(10);

        restart(
                () ->
                        Files.write(
                                bench.checkpoints(0).resolve("checkpoint-00000000000000000011.tmp"),
                                new byte[] {0x4d, 0x52, 0x43}));

        assertThat(machine.events).containsExactly("started", "leaderStarted after 10");
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldGoBackToTheCheckpointBeforeWhenTheNewestHasRotted() throws Exception {
        propose(10);
        checkpoint();
        propose(10);
        checkpoint();
        propose(10);
        List<String> lines = List.copyOf(machine.lines);

        restart(() -> rot(files().get(1)));

        assertThat(machine.events).first().isEqualTo("restore 11");
        assertThat(machine.lines).isEqualTo(lines);
        propose(1);
        checkpoint();
        List<String> more = List.copyOf(machine.lines);
        restart(() -> {});
        assertThat(machine.lines).isEqualTo(more);
    }

    @Test
    void shouldBeLostWhenTheOnlyCheckpointHasRotted() throws Exception {
        propose(10);
        checkpoint();

        assertThatThrownBy(() -> restart(() -> rot(files().get(0))))
                .isInstanceOf(ReplicaLostException.class)
                .hasMessageContaining("shard 0")
                .hasMessageContaining("corrupt");
    }

    @Test
    void shouldBeLostWhenItsCheckpointsAreGoneAndTheLogDoesNotReachBack() throws Exception {
        propose(10);
        checkpoint();
        propose(10);
        checkpoint();
        await().until(() -> shard.status().firstLogIndex() > 1);

        assertThatThrownBy(
                        () ->
                                restart(
                                        () -> {
                                            for (Path file : files()) {
                                                Files.delete(file);
                                            }
                                        }))
                .isInstanceOf(ReplicaLostException.class)
                .hasMessageContaining("no checkpoint")
                .hasMessageContaining("starts at entry 12");
    }

    @Test
    void shouldNotStartWhenTheCheckpointCannotBeRestored() throws Exception {
        propose(10);
        checkpoint();
        bench.reopen();
        LineMachine broken = new LineMachine();
        broken.failRestore = true;

        assertThatThrownBy(() -> bench.restart(0, broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could not be restored")
                .hasMessageContaining("a segment is missing");

        machine = new LineMachine();
        shard = bench.restart(0, machine);
        assertThat(machine.lines).hasSize(10);
    }

    @Test
    void shouldTellThatAForceFailedAndKeepTheCheckpointBefore() throws Exception {
        propose(10);
        long mark = checkpoint();
        propose(10);
        machine.failForce = true;

        assertThatThrownBy(this::checkpoint)
                .hasCauseInstanceOf(ShardUnavailableException.class)
                .hasMessageContaining("force failed");

        assertThat(bench.fatal).containsExactly("the partition logs of shard 0");
        assertThat(bench.checkpointFailures).hasSize(1);
        assertThat(shard.status().checkpointIndex()).isEqualTo(mark);
        propose(1);
    }

    @Test
    void shouldGoOnAfterAManifestThatCouldNotBeWritten() throws Exception {
        propose(10);
        Path directory = bench.checkpoints(0);
        Path obstacle = directory.resolve("checkpoint-00000000000000000011.tmp");
        Files.createDirectory(obstacle);

        assertThatThrownBy(this::checkpoint).hasCauseInstanceOf(ShardUnavailableException.class);
        assertThat(bench.checkpointFailures).hasSize(1);
        assertThat(bench.fatal).isEmpty();

        Files.delete(obstacle);
        assertThat(checkpoint()).isEqualTo(11);
    }

    /** jraft waits for the end of each: without it the log would grow to its cap. */
    @Test
    void shouldTakeAnotherCheckpointAfterAnErrorInOne() throws Exception {
        propose(10);
        machine.manifestError = new OutOfMemoryError("of the test");

        assertThatThrownBy(this::checkpoint).hasCauseInstanceOf(ShardUnavailableException.class);
        assertThat(bench.checkpointFailures).hasSize(1);

        machine.manifestError = null;
        assertThat(checkpoint()).isEqualTo(11);
    }

    @Test
    void shouldTakeCheckpointsByItselfAfterSoManyBytes() throws Exception {
        bench.options = bench.options.withCheckpoints(4_000, Duration.ofHours(1));
        restart(() -> {});
        for (int i = 0; i < 20; i++) {
            assertThat(Bench.propose(shard, "x".repeat(500))).isEqualTo("applied");
        }

        await().atMost(20, TimeUnit.SECONDS).until(() -> shard.status().checkpointIndex() > 0);
    }
}
