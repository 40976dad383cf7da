package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.AddShards;
import io.millrace.broker.controller.BrokerFilled;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PreferLeader;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
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
                .as("the replicas follow, a few at a time")
                .containsExactly(
                        new ChangeBroker(5, BrokerState.FILLING, false),
                        new AddShards(5, List.of(List.of(5, 4, 3))));
        four.settle();
        List<ControllerCommand<?>> then = new ArrayList<>();
        four.repairAll(then::add);

        assertThat(four.state(5)).isEqualTo(BrokerState.ACTIVE);
        assertThat(then).contains(new BrokerFilled(5));
        assertThat(then).hasAtLeastOneElementOfType(MoveReplica.class);
        assertThat(four.replicasOn(5)).isBetween(3L, 5L);
        assertThat(told(plan))
                .startsWith(
                        "broker 5, JOINED so far, takes replicas and leads",
                        "5: is new, on brokers [5, 4, 3]",
                        "0: gets a replica on broker 5")
                .anyMatch(step -> step.matches("[1-4]: its replica moves from .* to broker 5"));
        assertThat(four.plan(new ClusterChange.Add(5)).commands()).as("again").isEmpty();
        assertThat(four.plan(new ClusterChange.Add(5)).steps()).as("again").isEmpty();
    }

    @Test
    void shouldTellOfEachShardThatANewBrokerGetsOnce() {
        PlanFixture six = new PlanFixture(6, 3);
        six.register(7);
        ChangePlan plan = six.plan(new ClusterChange.Add(7));
        plan.commands().forEach(six::run);
        six.settle();
        List<ControllerCommand<?>> then = new ArrayList<>();
        six.repairAll(then::add);

        List<Integer> shards =
                plan.steps().stream()
                        .filter(step -> step.shard().isPresent())
                        .map(step -> step.shard().getAsInt())
                        .toList();
        assertThat(shards).doesNotHaveDuplicates().hasSize((int) six.replicasOn(7));
        assertThat(then).filteredOn(MoveReplica.class::isInstance).hasSize(shards.size() - 3);
    }

    @Test
    void shouldGoOnFillingABrokerWhenAskedAgainAndStopWhenCalledOff() {
        four.register(5);
        four.plan(new ClusterChange.Add(5)).commands().forEach(four::run);
        assertThat(four.plan(new ClusterChange.Add(5)).commands()).isEmpty();
        assertThat(four.plan(new ClusterChange.Add(5)).steps()).as("what is left").isNotEmpty();

        four.plan(new ClusterChange.Undrain(5)).commands().forEach(four::run);
        assertThat(four.state(5)).isEqualTo(BrokerState.ACTIVE);
        four.settle();
        assertThat(four.plan(new ClusterChange.Add(5)).commands())
                .containsExactly(new ChangeBroker(5, BrokerState.FILLING, false));
    }

    @Test
    void shouldHoldMovesAndRepairsTogetherToTheSetting() {
        PlanFixture six = new PlanFixture(6);
        six.run(new MoveReplica(1, 1, 5));
        ChangePlan second = six.plan(new ClusterChange.Move(2, 2, 6));
        second.requireSafe();
        second.commands().forEach(six::run);

        assertThat(six.plan(new ClusterChange.Move(3, 3, 6)).warnings())
                .singleElement()
                .asString()
                .contains("replica.concurrent-moves")
                .contains("2");
        assertThat(six.plan(new ClusterChange.Move(2, 2, 6)).warnings())
                .as("it is under way")
                .isEmpty();
        six.run(new ChangeBroker(4, BrokerState.LEAVING, false));
        assertThat(six.repair()).as("repairs wait too").isEmpty();
    }

    private static List<String> told(ChangePlan plan) {
        return plan.steps().stream()
                .map(
                        step ->
                                (step.shard().isPresent() ? step.shard().getAsInt() + ": " : "")
                                        + step.description())
                .toList();
    }

    @Test
    void shouldShowWhereReplicasOfARemovedBrokerGo() {
        ChangePlan plan = four.plan(new ClusterChange.Remove(4));

        plan.requireSafe();
        assertThat(plan.commands())
                .containsExactly(new ChangeBroker(4, BrokerState.LEAVING, false));
        assertThat(told(plan))
                .contains("4: its replica is built on broker 3, then removed from broker 4")
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
        assertThat(told(plan))
                .contains("2: its replica is built on broker 6, then removed from broker 3");
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
