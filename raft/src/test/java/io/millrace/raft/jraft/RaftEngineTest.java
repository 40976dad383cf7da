package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Role;
import io.millrace.raft.ShardUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RaftEngineTest {

    @TempDir Path directory;

    private Bench bench;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.real(directory);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void shouldApplyProposalsInTheOrderTheyWereMade() throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);

        List<Line> proposals = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Line line = new Line("line " + i);
            shard.propose(line, shard.leadingTerm());
            proposals.add(line);
            expected.add("line " + i);
        }

        assertThat(proposals).allSatisfy(line -> assertThat(line.result()).isEqualTo("applied"));
        assertThat(machine.lines).isEqualTo(expected);
        assertThat(machine.applied).isSorted().doesNotHaveDuplicates();
        assertThat(machine.events).containsExactly("started", "leaderStarted after 0");
    }

    @Test
    void shouldReplayExactlyWhatWasAppliedAfterARestart() throws Exception {
        LineMachine before = new LineMachine();
        Shard shard = bench.create(0, before);
        for (int i = 0; i < 20; i++) {
            assertThat(Bench.propose(shard, "line " + i)).isEqualTo("applied");
        }
        long term = shard.leadingTerm();

        bench.reopen();
        LineMachine after = new LineMachine();
        Shard again = bench.restart(0, after);

        assertThat(after.lines).isEqualTo(before.lines);
        assertThat(after.applied).isEqualTo(before.applied);
        assertThat(after.events).containsExactly("started", "leaderStarted after 20");
        assertThat(again.leadingTerm()).isGreaterThan(term);
        assertThat(Bench.propose(again, "one more")).isEqualTo("applied");
    }

    @Test
    void shouldKeepTheShardsOfOneJournalApart() throws Exception {
        List<LineMachine> machines = new ArrayList<>();
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            machines.add(new LineMachine());
            shards.add(bench.create(i, machines.get(i)));
        }
        for (int i = 0; i < 60; i++) {
            assertThat(Bench.propose(shards.get(i % 3), "line " + i)).isEqualTo("applied");
        }

        bench.reopen();
        for (int i = 0; i < 3; i++) {
            LineMachine again = new LineMachine();
            bench.restart(i, again);
            assertThat(again.lines).isEqualTo(machines.get(i).lines).hasSize(20);
        }
        assertThat(bench.engine.shards()).extracting(Shard::id).containsExactly(0, 1, 2);
    }

    @Test
    void shouldRunSeveralEnginesInOneProcess(@TempDir Path other) throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);
        try (Bench second = Bench.real(other)) {
            LineMachine foreign = new LineMachine();
            Shard its = second.create(0, foreign);
            assertThat(Bench.propose(shard, "here")).isEqualTo("applied");
            assertThat(Bench.propose(its, "there")).isEqualTo("applied");
            assertThat(foreign.lines).containsExactly("there");
        }
        assertThat(Bench.propose(shard, "still here")).isEqualTo("applied");
        assertThat(machine.lines).containsExactly("here", "still here");
    }

    @Test
    void shouldRefuseToStartAShardTwice() throws Exception {
        bench.create(0, new LineMachine());
        assertThatThrownBy(() -> bench.create(0, new LineMachine()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shard 0 is running already");
    }

    @Test
    void shouldStopAtAnEntryThatCannotBeAppliedAndSayWhy() throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);
        assertThat(Bench.propose(shard, "good")).isEqualTo("applied");

        assertThat(Bench.propose(shard, LineMachine.POISON))
                .startsWith("UNKNOWN: entry 3 could not be applied");
        await().until(() -> machine.failure != null);

        assertThat(machine.failure).contains("cannot apply poison");
        ShardStatus status = shard.status();
        assertThat(status.role()).isEqualTo(Role.FAILED);
        assertThat(status.problem()).contains("entry 3").contains("cannot apply poison");
        assertThat(shard.leadingTerm()).isZero();
        Line late = new Line("late");
        shard.propose(late, 1);
        assertThat(late.result()).doesNotStartWith("applied");
        assertThat(machine.lines).containsExactly("good");
        assertThatThrownBy(() -> shard.readBarrier().get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ShardUnavailableException.class);
    }

    @Test
    void shouldAnswerEveryProposalOnClose() throws Exception {
        Shard shard = bench.create(0, new LineMachine());
        long term = shard.leadingTerm();
        List<Line> proposals = new ArrayList<>();
        CountDownLatch underWay = new CountDownLatch(100);
        Thread proposer =
                new Thread(
                        () -> {
                            for (int i = 0; i < 5_000; i++) {
                                Line line = new Line("line " + i);
                                proposals.add(line);
                                shard.propose(line, term);
                                underWay.countDown();
                            }
                        });
        proposer.start();
        underWay.await();
        bench.engine.close();
        proposer.join();

        assertThat(proposals)
                .hasSize(5_000)
                .allSatisfy(
                        line -> {
                            assertThat(line.isAnswered()).isTrue();
                            assertThat(line.answers).hasValue(1);
                        });
        Line late = new Line("late");
        shard.propose(late, term);
        assertThat(late.result()).startsWith("NOT_APPLIED_NOT_LEADER: the broker is stopping");
    }

    @Test
    void shouldSeeEverythingAcknowledgedBehindAReadBarrier() throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);
        for (int i = 0; i < 50; i++) {
            shard.propose(new Line("line " + i), shard.leadingTerm());
        }
        assertThat(Bench.propose(shard, "last")).isEqualTo("applied");

        shard.readBarrier().get(20, TimeUnit.SECONDS);

        assertThat(machine.lines).hasSize(51);
    }

    @Test
    void shouldLeaveNoThreadBehind(@TempDir Path other) throws Exception {
        Bench.propose(bench.create(0, new LineMachine()), "warm");
        List<String> before = threads();
        try (Bench second = Bench.real(other)) {
            Shard shard = second.create(0, new LineMachine());
            Bench.propose(shard, "line");
            shard.checkpoint().get(20, TimeUnit.SECONDS);
            LineMachine broken = new LineMachine();
            broken.failRestore = true;
            second.reopen();
            assertThatThrownBy(() -> second.restart(0, broken)).isInstanceOf(IOException.class);
        }
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(threads()).isSubsetOf(before).hasSameSizeAs(before));
    }

    /** Those that belong to a shard or an engine, not to the process. */
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(
                        name ->
                                name.contains("Disruptor")
                                        || name.contains("ReadOnlyService")
                                        || name.contains("wal-")
                                        || name.contains("millrace-checkpoint"))
                .sorted()
                .toList();
    }

    @Test
    void shouldTakeManyLargeProposalsAtOnce() throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);
        String large = "x".repeat(1 << 20);
        List<Line> proposals = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Line line = new Line(large);
            shard.propose(line, shard.leadingTerm());
            proposals.add(line);
        }

        assertThat(proposals).allSatisfy(line -> assertThat(line.result()).isEqualTo("applied"));
        assertThat(machine.lines).hasSize(24);
    }

    @Test
    void shouldNeitherBlockNorLoseWhatWaitsForAMachineThatStandsStill() throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);
        List<Line> proposals = new ArrayList<>();
        machine.gate.acquire();
        for (int i = 0; i < 2_000; i++) {
            Line line = new Line("line " + i);
            shard.propose(line, 1);
            proposals.add(line);
        }

        assertThat(shard.status().problem()).isEmpty();
        assertThat(bench.create(1, new LineMachine()).status().problem()).isEmpty();
        machine.gate.release();

        List<String> results = proposals.stream().map(Line::result).toList();
        assertThat(results.subList(0, InFlightProposals.LIMIT)).containsOnly("applied");
        // The one that the machine stands still at makes room for another, at any time.
        List<String> beyond = results.subList(InFlightProposals.LIMIT, 2_000);
        assertThat(beyond)
                .allMatch(r -> r.equals("applied") || r.startsWith("NOT_APPLIED_BUSY: too many"));
        assertThat(beyond.stream().filter("applied"::equals).count()).isLessThanOrEqualTo(1);
        assertThat(machine.lines)
                .hasSizeBetween(InFlightProposals.LIMIT, InFlightProposals.LIMIT + 1);
    }

    @Test
    void shouldTellItsStatus() throws Exception {
        Shard shard = bench.create(3, new LineMachine());
        Bench.propose(shard, "one");
        shard.readBarrier().get(20, TimeUnit.SECONDS);

        ShardStatus status = shard.status();

        assertThat(status)
                .isEqualTo(
                        new ShardStatus(
                                3,
                                Role.LEADER,
                                1,
                                1,
                                Members.voting(new Member(1, Bench.REPLICA)),
                                List.of(),
                                2,
                                2,
                                0,
                                1,
                                2,
                                ""));
    }

    @Test
    void shouldRefuseProposalsThatNoLogCanTake() throws Exception {
        Shard shard = bench.create(0, new LineMachine());
        assertThatThrownBy(() -> shard.propose(new Line(""), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 2097152 bytes");
        assertThatThrownBy(() -> shard.propose(new Line("x".repeat((2 << 20) + 1)), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 2097152 bytes");
    }
}
