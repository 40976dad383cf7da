package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Members;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that are too far behind for the log: S3 and L1 of the design review. */
@Timeout(120)
final class InstallTest {

    @TempDir Path directory;

    private Brokers brokers;

    @BeforeEach
    void open() {
        brokers = new Brokers(directory);
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    /** Three voters, one of which is stopped and too far behind for the log of the two others. */
    private Broker laggard() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(10);
        int node = brokers.leader().node % 3 + 1;
        brokers.awaitCaughtUp(node);
        long last = brokers.brokers.get(node).shard.status().lastLogIndex();
        brokers.stop(node);
        for (int other = 1; other <= 3; other++) {
            if (other != node) {
                brokers.cutLogAbove(other, last + 20);
            }
        }
        return brokers.brokers.get(node);
    }

    private static long installs(Broker broker) {
        return broker.machine.events.stream().filter(event -> event.startsWith("install")).count();
    }

    @Test
    void shouldInstallACheckpointOnAVoterThatIsTooFarBehind() throws Exception {
        Broker laggard = laggard();

        brokers.restart(laggard.node);

        brokers.write(3);
        brokers.awaitCaughtUp(laggard.node);
        assertThat(installs(laggard)).isEqualTo(1);
        assertThat(laggard.machine.events).contains("started").doesNotHaveDuplicates();
        assertThat(laggard.fatal).isEmpty();
    }

    @Test
    void shouldInstallACheckpointOnAnEmptyJoiner() throws Exception {
        brokers.found(1);
        brokers.write(3);
        brokers.cutLogAbove(1, 5);
        Broker joiner = brokers.join(2, 12);

        brokers.change(new Members(Brokers.members(1), Brokers.members(2)));

        brokers.awaitCaughtUp(2);
        assertThat(installs(joiner)).isEqualTo(1);
        // The checkpoint stands at the leader's last entry: it may be told before it is followed.
        await().until(() -> joiner.machine.events.size() >= 2);
        assertThat(joiner.machine.events.subList(0, 2)).last().isEqualTo("started");
        brokers.write(3);
        brokers.awaitCaughtUp(2);
        brokers.restart(2);
        brokers.write(3);
        brokers.awaitCaughtUp(2);
        assertThat(installs(joiner)).as("it goes on from its own").isZero();
        assertThat(joiner.shard.status().members().learners()).isEqualTo(Brokers.members(2));
    }

    /** L1: what is being copied stays, also if the leader has newer checkpoints by then. */
    @Test
    void shouldNotInstallForEverWhenCheckpointsGoOnMeanwhile() throws Exception {
        Broker laggard = laggard();
        AtomicBoolean once = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        brokers.links.beforePart =
                () -> {
                    if (once.compareAndSet(false, true)) {
                        begun.countDown();
                        try {
                            goOn.await(30, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };

        brokers.restart(laggard.node);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        Broker leader = brokers.leader();
        for (int i = 0; i < 2; i++) {
            brokers.write(3);
            brokers.checkpoint(leader.node);
        }
        assertThat(leader.shard.status().followers())
                .anyMatch(f -> f.installing() && f.member().nodeId() == laggard.node);
        goOn.countDown();

        brokers.awaitCaughtUp(laggard.node);
        assertThat(installs(laggard)).isBetween(1L, 2L);
        await().untilAsserted(
                        () ->
                                assertThat(leader.shard.status().followers())
                                        .noneMatch(follower -> follower.installing()));
    }

    /** What jraft had not cut off yet gives way when the replica starts again. */
    @Test
    void shouldFinishAnInstallThatDiedBeforeTheLogWasCut() throws Exception {
        Broker laggard = laggard();
        Path crashed = directory.resolve("crashed");
        AtomicBoolean once = new AtomicBoolean();
        laggard.onCheckpoint =
                index -> {
                    if (once.compareAndSet(false, true)) {
                        brokers.copy(laggard.node, crashed);
                    }
                };
        brokers.restart(laggard.node);
        brokers.awaitCaughtUp(laggard.node);
        brokers.stop(laggard.node);
        brokers.replace(laggard.node, crashed);

        brokers.restart(laggard.node);

        assertThat(laggard.machine.events.get(0)).startsWith("restore");
        brokers.write(3);
        brokers.awaitCaughtUp(laggard.node);
        assertThat(installs(laggard)).isZero();
    }

    @Test
    void shouldInstallAgainWhenItDiedWhileItFetched() throws Exception {
        Broker laggard = laggard();
        Path crashed = directory.resolve("crashed");
        AtomicInteger parts = new AtomicInteger();
        brokers.links.beforePart =
                () -> {
                    if (parts.incrementAndGet() == 2) {
                        brokers.copy(laggard.node, crashed);
                    }
                };
        brokers.restart(laggard.node);
        brokers.awaitCaughtUp(laggard.node);
        brokers.stop(laggard.node);
        brokers.replace(laggard.node, crashed);

        brokers.restart(laggard.node);

        brokers.awaitCaughtUp(laggard.node);
        assertThat(installs(laggard)).isEqualTo(1);
    }

    /** The leader sends nothing else before it hears that the link is cut. */
    @Test
    void shouldGoOnWhenItDiedBeforeItAnswered() throws Exception {
        Broker laggard = laggard();
        LineMachine machine = new LineMachine();
        machine.forceGate.acquire();
        brokers.open(laggard.node);
        brokers.start(laggard.node, ShardSpec.existing(Brokers.SHARD, 10 + laggard.node), machine);
        await().atMost(20, TimeUnit.SECONDS).until(() -> !machine.lines.isEmpty());
        brokers.links.cut(laggard.node);
        machine.forceGate.release();

        brokers.restart(laggard.node);

        brokers.write(3);
        brokers.awaitCaughtUp(laggard.node);
    }

    /** S1: an installed checkpoint is no excuse for a log that was lost later. */
    @Test
    void shouldBeLostWhenItsLogIsGoneAfterAnInstall() throws Exception {
        Broker laggard = laggard();
        brokers.restart(laggard.node);
        brokers.write(3);
        brokers.awaitCaughtUp(laggard.node);
        brokers.stop(laggard.node);
        try (var files = Files.list(brokers.directory(laggard.node).resolve("wal"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }

        assertThatThrownBy(() -> brokers.restart(laggard.node))
                .isInstanceOf(ReplicaLostException.class);
    }

    @Test
    void shouldTryAgainWhenTheLeaderIsCutOffMeanwhile() throws Exception {
        Broker laggard = laggard();
        AtomicInteger failures = new AtomicInteger();
        brokers.links.beforePart =
                () -> {
                    if (failures.incrementAndGet() <= 2) {
                        throw new IllegalStateException("the link broke");
                    }
                };

        brokers.restart(laggard.node);

        brokers.awaitCaughtUp(laggard.node);
        assertThat(installs(laggard)).isEqualTo(1);
        assertThat(laggard.shard.status().problem()).isEmpty();
    }

    /** S3: a replica whose state cannot be taken over stops, and says why. */
    @Test
    void shouldStopWhenTheCheckpointCannotBeInstalled() throws Exception {
        Broker laggard = laggard();
        LineMachine machine = new LineMachine();
        machine.failForce = true;
        brokers.open(laggard.node);

        brokers.start(laggard.node, ShardSpec.existing(Brokers.SHARD, 10 + laggard.node), machine);

        await().atMost(20, TimeUnit.SECONDS).until(() -> machine.failure != null);
        assertThat(laggard.shard.status().problem()).contains("could not be installed");
        assertThat(laggard.fatal).isNotEmpty();
    }
}
