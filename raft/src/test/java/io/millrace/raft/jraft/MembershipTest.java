package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Members;
import io.millrace.raft.ShardMembers;
import io.millrace.raft.ShardStatus.Follower;
import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members come and go, and the leadership moves. */
@Timeout(90)
final class MembershipTest {

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

    private static Members voters(int... nodes) {
        return new Members(Brokers.members(nodes), List.of());
    }

    private void change(Members target) throws Exception {
        Broker leader = brokers.leader();
        ShardMembers members = leader.engine.members(Brokers.SHARD);
        members.changeMembers(target, leader.shard.leadingTerm()).get(20, TimeUnit.SECONDS);
    }

    @Test
    void shouldReplicateToEveryVoter() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(20);

        for (int node = 1; node <= 3; node++) {
            brokers.awaitCaughtUp(node);
        }
        Broker leader = brokers.leader();
        List<Follower> followers = leader.shard.status().followers();
        assertThat(followers).hasSize(2);
        await().untilAsserted(
                        () ->
                                assertThat(leader.shard.status().followers())
                                        .allMatch(f -> f.matchIndex() == lastIndex(leader))
                                        .allMatch(f -> f.silentMs() < 5_000)
                                        .noneMatch(Follower::installing));
    }

    private static long lastIndex(Broker broker) {
        return broker.shard.status().lastLogIndex();
    }

    /** A promoted learner must count: with the third voter away, it is needed for every write. */
    @Test
    void shouldCountWhatAPromotedLearnerAcknowledges() throws Exception {
        brokers.found(1);
        brokers.join(2, 12);
        brokers.join(3, 13);
        brokers.write(5);
        change(new Members(Brokers.members(1), Brokers.members(2, 3)));
        brokers.awaitCaughtUp(2);
        assertThat(brokers.brokers.get(2).shard.status().members().learners()).hasSize(2);

        change(voters(1, 2, 3));
        brokers.links.cut(3);
        brokers.write(5);

        brokers.awaitCaughtUp(2);
        assertThat(brokers.leader().shard.status().members().voters()).hasSize(3);
        brokers.links.mend(3);
        brokers.awaitCaughtUp(3);
    }

    /** It says that it has all only in a checkpoint, and takes none without an entry. */
    @Test
    void shouldMoveAnIdleShardOnUntilALearnerCanTakeItsNextCheckpoint() throws Exception {
        brokers.found(1);
        brokers.join(2, 12);
        brokers.write(3);
        change(new Members(Brokers.members(1), Brokers.members(2)));
        brokers.awaitCaughtUp(2);
        long first = brokers.checkpoint(2);
        Broker learner = brokers.brokers.get(2);
        learner.machine.wantedCheckpoints = learner.machine.completed + 1;
        learner.later.addAndGet(CheckpointSchedule.WANTED_NANOS);

        await().atMost(20, TimeUnit.SECONDS).until(() -> !learner.machine.wantsCheckpoint());

        assertThat(learner.shard.status().checkpointIndex()).isGreaterThan(first);
    }

    @Test
    void shouldLetAnIdleShardRestThatHasNoLearners() throws Exception {
        brokers.found(1);
        brokers.write(1);
        Broker leader = brokers.leader();
        long before = lastIndex(leader);

        for (int tick = 0; tick < 50; tick++) {
            leader.engine.look();
        }
        brokers.write(1);

        assertThat(lastIndex(leader)).isEqualTo(before + 1);
    }

    @Test
    void shouldStepDownWhenItRemovesItself() throws Exception {
        brokers.found(1, 2, 3);
        Broker leader = brokers.leader();
        int[] others =
                java.util.stream.IntStream.of(1, 2, 3).filter(n -> n != leader.node).toArray();

        change(voters(others));

        await().atMost(20, TimeUnit.SECONDS).until(() -> leader.shard.leadingTerm() == 0);
        leader.engine.stop(Brokers.SHARD);
        leader.shard = null;
        brokers.write(3);
        assertThat(brokers.leader().node).isIn(others[0], others[1]);
        leader.engine.discard(Brokers.SHARD);
        assertThat(leader.engine.replicaId(Brokers.SHARD)).isEmpty();
    }

    @Test
    void shouldRefuseAChangeForAnotherTerm() throws Exception {
        brokers.found(1, 2, 3);
        Broker leader = brokers.leader();

        CompletableFuture<Void> change =
                leader.engine
                        .members(Brokers.SHARD)
                        .changeMembers(voters(1, 2), leader.shard.leadingTerm() - 1);

        assertThat(change)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("leads in term");
        assertThat(leader.shard.status().members().voters()).hasSize(3);
    }

    @Test
    void shouldFailInBoundedTimeWhenANewVoterCannotBeReached() throws Exception {
        brokers.found(1);
        Broker leader = brokers.leader();
        brokers.links.cut(2);

        CompletableFuture<Void> change =
                leader.engine
                        .members(Brokers.SHARD)
                        .changeMembers(voters(1, 2), leader.shard.leadingTerm());

        assertThat(change).failsWithin(30, TimeUnit.SECONDS);
        brokers.write(2);
        assertThat(leader.shard.status().members().voters()).hasSize(1);
    }

    @Test
    void shouldHandTheLeadershipToAnotherAndLoseNoProposal() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(5);
        Broker leader = brokers.leader();
        int next = leader.node % 3 + 1;
        brokers.awaitCaughtUp(next);

        leader.engine.members(Brokers.SHARD).transferLeadership(next).get(20, TimeUnit.SECONDS);
        long term = leader.shard.status().term();
        Line late = new Line("late");
        leader.shard.propose(late, term);

        assertThat(late.result()).startsWith("NOT_APPLIED");
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> brokers.brokers.get(next).shard.leadingTerm() > 0);
        brokers.write(5);
        brokers.awaitCaughtUp(leader.node);
        assertThat(leader.machine.lines).hasSize(10).doesNotHaveDuplicates();
    }

    /** jraft itself would pick the dead one. */
    @Test
    void shouldNotHandTheLeadershipToADeadVoter() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(5);
        Broker leader = brokers.leader();
        int dead = leader.node % 3 + 1;
        int alive = 6 - leader.node - dead;
        brokers.stop(dead);
        ShardMembers members = leader.engine.members(Brokers.SHARD);
        await().until(
                        () ->
                                leader.shard.status().followers().stream()
                                        .anyMatch(f -> f.silentMs() > Brokers.ELECTION.toMillis()));

        assertThat(members.transferLeadership(dead))
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("no voter on node " + dead);
        members.transferLeadership(0).get(20, TimeUnit.SECONDS);

        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> brokers.brokers.get(alive).shard.leadingTerm() > 0);
    }
}
