package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.AddShards;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PreferLeader;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChangePlanTest {

    private final PlanFixture four = new PlanFixture(4);

    @Test
    void shouldGiveANewBrokerShardsAndItsShareOfReplicas() {
        four.register(5);

        ChangePlan plan = four.plan(new ClusterChange.Add(5));
        plan.requireSafe();
        plan.commands().forEach(four::run);

        assertThat(plan.commands())
                .contains(new ChangeBroker(5, BrokerState.ACTIVE, false))
                .hasAtLeastOneElementOfType(AddShards.class)
                .hasAtLeastOneElementOfType(MoveReplica.class);
        assertThat(plan.steps()).hasSize(plan.commands().size());
        four.settle();
        assertThat(
                        four.image().shards().values().stream()
                                .flatMap(shard -> shard.replicas().stream())
                                .filter(one -> one.nodeId() == 5)
                                .count())
                .isBetween(3L, 5L);
        assertThat(four.plan(new ClusterChange.Add(5)).commands()).as("again").isEmpty();
    }

    @Test
    void shouldShowWhereReplicasOfARemovedBrokerGo() {
        ChangePlan plan = four.plan(new ClusterChange.Remove(4));

        plan.requireSafe();
        assertThat(plan.commands())
                .containsExactly(new ChangeBroker(4, BrokerState.LEAVING, false));
        assertThat(plan.steps())
                .extracting(ChangeStep::description)
                .contains("the replica of shard 4 is built on broker 3, then removed from broker 4")
                .endsWith("broker 4 is forgotten once it holds nothing");
        assertThat(plan.steps().get(0).bytes()).isEqualTo(500);
        assertThat(plan.transfers()).singleElement().matches(one -> one.from() == 4);
    }

    @Test
    void shouldRefuseRemovalsThatEndangerTheQuorumUnlessForced() {
        PlanFixture three = new PlanFixture(3);
        ChangePlan plan = three.plan(new ClusterChange.Remove(3));

        assertThat(plan.warnings()).singleElement().asString().contains("2 brokers left");
        assertThatThrownBy(plan::requireSafe)
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("--force");
        plan.commands().forEach(three::run);
        assertThat(three.state(3)).isEqualTo(BrokerState.LEAVING);

        four.dead(1, 5);
        assertThat(four.plan(new ClusterChange.Remove(2)).warnings())
                .anyMatch(text -> text.contains("shard 4 has no majority"));
        refused(new PlanFixture(1), new ClusterChange.Remove(1), "last one");
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        four.register(9);
        refused(four, new ClusterChange.Remove(8), "no broker 8");
        refused(four, new ClusterChange.Drain(8), "no broker 8");
        refused(four, new ClusterChange.Undrain(9), "cluster add 9");
        refused(four, new ClusterChange.Drain(9), "JOINED");
        refused(four, new ClusterChange.Move(1, 1, 9), "cluster add 9");
        refused(four, new ClusterChange.Move(1, 1, 2), "already");
        refused(four, new ClusterChange.Move(7, 1, 2), "no shard 7");
        refused(four, new ClusterChange.Transfer(7, 1), "no shard 7");
        refused(four, new ClusterChange.Transfer(1, 4), "no voter");
        four.dead(9, 5);
        refused(four, new ClusterChange.Add(9), "start it first");
        four.dead(2, 5);
        refused(four, new ClusterChange.Transfer(1, 2), "not heard of");
        refused(four, new ClusterChange.Transfer(2, 3), "no leader");
        four.run(new MoveReplica(1, 1, 4));
        refused(four, new ClusterChange.Move(1, 3, 4), "is being changed");
    }

    @Test
    void shouldDrainAndUndrain() {
        ChangePlan drain = four.plan(new ClusterChange.Drain(2));

        assertThat(drain.transfers()).singleElement().matches(one -> one.shard() == 2);
        drain.requireSafe();
        drain.commands().forEach(four::run);
        assertThat(four.state(2)).isEqualTo(BrokerState.DRAINED);
        assertThat(four.plan(new ClusterChange.Undrain(2)).commands())
                .containsExactly(new ChangeBroker(2, BrokerState.ACTIVE, false));
        assertThat(four.plan(new ClusterChange.Undrain(1)).steps()).isEmpty();
    }

    @Test
    void shouldMoveOneLeadershipForGood() {
        ChangePlan plan = four.plan(new ClusterChange.Transfer(1, 0));

        assertThat(plan.commands()).containsExactly(new PreferLeader(1, List.of(2)));
        assertThat(plan.transfers()).containsExactly(new LeaderTransfer(1, 1, 2, "asked for"));
        assertThat(four.plan(new ClusterChange.Transfer(1, 1)).steps()).isEmpty();
    }

    @Test
    void shouldSpreadReplicasOverRacks() {
        PlanFixture six = new PlanFixture(6); // racks: 1 and 4, 2 and 5, 3 and 6
        ChangePlan plan = six.plan(new ClusterChange.Remove(3));

        // Shard 2 is on brokers 2, 3 and 4: only 6 stands in the rack that is left without one.
        assertThat(plan.steps())
                .extracting(ChangeStep::description)
                .contains(
                        "the replica of shard 2 is built on broker 6, then removed from broker 3");
        assertThat(six.shard(2).replicas()).extracting(ReplicaImage::nodeId).contains(3);
    }

    private static void refused(PlanFixture cluster, ClusterChange change, String told) {
        assertThatThrownBy(() -> cluster.plan(change))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CHANGE_REFUSED))
                .hasMessageContaining(told);
    }
}
