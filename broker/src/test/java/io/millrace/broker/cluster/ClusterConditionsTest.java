package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.plan.BrokerCondition;
import io.millrace.broker.controller.plan.ClusterCondition;
import io.millrace.broker.controller.plan.ReplicaCondition;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.PeerIntroduction;
import io.millrace.v1.ReplicaMember;
import io.millrace.v1.ReplicaReport;
import io.millrace.v1.ShardLeader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Replica n of shard 1 is on node n. */
final class ClusterConditionsTest {

    @Test
    void shouldTakeALearnerForWholeThatFollowsTheLog() {
        ReplicaCondition learner = learner(leader(5, 40, 100, 98), follower(90, 0));

        assertThat(learner.lag()).isEqualTo(2);
        assertThat(learner.isWhole()).isTrue();
    }

    @Test
    void shouldNotTakeALearnerForWholeThatReportedBeforeItsCheckpointCame() {
        // Its log begins behind the leader's: it is sent a checkpoint, and misses the records of
        // that, which it does not know at the time of its report. The leader knows already.
        ReplicaCondition learner = learner(leader(5, 40, 100, 100), follower(0, 0));

        assertThat(learner.isWhole()).isFalse();
    }

    @Test
    void shouldNotTakeALearnerForWholeThatMissesRecords() {
        assertThat(learner(leader(5, 40, 100, 100), follower(100, 1)).isWhole()).isFalse();
    }

    @Test
    void shouldBelieveTheLeaderThatWasElectedLast() {
        AgedReport deposed = report(3, leader(4, 1, 100, 100));
        AgedReport leads = report(1, leader(5, 1, 9_000, 100));
        AgedReport learner = report(2, follower(100, 0));

        assertThat(of(deposed, leads, learner).lag()).isEqualTo(8_900);
        assertThat(of(leads, deposed, learner).lag()).isEqualTo(8_900);
    }

    @Test
    void shouldKnowNothingOfALearnerThatNoLeaderKnows() {
        assertThat(of(report(2, follower(100, 0))).isWhole()).isFalse();
        assertThat(learner(leader(5, 1, 100, 0), follower(100, 0)).isWhole()).isFalse();
    }

    @Test
    void shouldTellForHowLongABrokerIsDeadThatNeverReportedToThisLeader() {
        // Such as the former leader of the controller, whose death made this one the leader.
        ClusterCondition condition = cluster(Map.of(3, 700_000L), report(1, leader(5, 1, 9, 9)));

        assertThat(condition.broker(1)).isEqualTo(BrokerCondition.GOOD);
        assertThat(condition.broker(2).isAlive()).as("not heard of yet").isFalse();
        assertThat(condition.broker(2).deadMs()).isEqualTo(1);
        assertThat(condition.broker(3).deadMs()).isEqualTo(700_000);
    }

    @Test
    void shouldNotKnowWhatABrokerLeadsWhoseLeaseIsGone() {
        AgedReport living = report(1, leader(5, 1, 9, 9));
        AgedReport silent = living.toBuilder().setAlive(false).build();

        assertThat(cluster(Map.of(), living).leader(1)).isEqualTo(1);
        assertThat(cluster(Map.of(), silent).leader(1)).isZero();
        assertThat(cluster(Map.of(1, 1L), living).leader(1)).isZero();
        assertThat(cluster(Map.of()).leader(1)).as("no report").isZero();
        assertThat(cluster(Map.of(), living).leaders()).as("shard 2 has none").hasSize(1);
    }

    @Test
    void shouldTellWhyABrokerShouldLeadNothing() {
        AgedReport.Builder full = report(2, follower(100, 0)).toBuilder();
        full.getReportBuilder().setUnfitReason("its disk is full");

        assertThat(cluster(Map.of(), full.build()).broker(2))
                .isEqualTo(new BrokerCondition(0, "its disk is full"));
    }

    @Test
    void shouldNotTakeAFailedReplicaForWhole() {
        ReplicaReport failed = follower(100, 0).toBuilder().setRole("FAILED").build();

        assertThat(learner(leader(5, 1, 100, 100), failed).isWhole()).isFalse();
    }

    /** Broker 1 leads shard 1, as everybody has heard. */
    private static ClusterCondition cluster(Map<Integer, Long> deadMs, AgedReport... reports) {
        Leaders leaders = new Leaders(9, new LocalShards());
        leaders.hear(
                List.of(ShardLeader.newBuilder().setShard(1).setNodeId(1).setEpoch(5).build()),
                Set.of());
        return ClusterConditions.of(
                new ControllerReplica(3, 1).image(),
                List.of(reports),
                leaders,
                node -> deadMs.getOrDefault(node, 0L));
    }

    private static ReplicaCondition learner(ReplicaReport leader, ReplicaReport learner) {
        return of(report(1, leader), report(2, learner));
    }

    private static ReplicaCondition of(AgedReport... reports) {
        return ClusterConditions.of(
                        ClusterImage.EMPTY,
                        List.of(reports),
                        new Leaders(1, new LocalShards()),
                        node -> 0)
                .replica(2);
    }

    private static AgedReport report(int node, ReplicaReport replica) {
        return AgedReport.newBuilder()
                .setAlive(true)
                .setReport(
                        BrokerReport.newBuilder()
                                .setPeer(PeerIntroduction.newBuilder().setNodeId(node))
                                .addReplicas(replica))
                .build();
    }

    private static ReplicaReport leader(long term, long first, long last, long match) {
        return ReplicaReport.newBuilder()
                .setShard(1)
                .setReplicaId(1)
                .setRole("LEADER")
                .setTerm(term)
                .setFirstLogIndex(first)
                .setLastLogIndex(last)
                .setAppliedIndex(last)
                .addMembers(
                        ReplicaMember.newBuilder()
                                .setNodeId(1)
                                .setReplicaId(1)
                                .setVoter(true)
                                .setMatchIndex(last))
                .addMembers(
                        ReplicaMember.newBuilder()
                                .setNodeId(2)
                                .setReplicaId(2)
                                .setMatchIndex(match))
                .build();
    }

    private static ReplicaReport follower(long applied, long missing) {
        return ReplicaReport.newBuilder()
                .setShard(1)
                .setReplicaId(2)
                .setRole("FOLLOWER")
                .setAppliedIndex(applied)
                .setLastLogIndex(applied)
                .setMissingRecords(missing)
                .build();
    }
}
