package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.AddReplica;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ForgetBroker;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PromoteReplica;
import io.millrace.broker.controller.RemoveReplica;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.SetClusterConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RepairPlanTest {

    private static final long LONG = 601_000;

    private final PlanFixture four = new PlanFixture(4);

    @Test
    void shouldRestWhenAllIsWell() {
        assertThat(four.repair()).isEmpty();
        assertThat(RepairPlan.next(ClusterImage.EMPTY, four.condition())).isEmpty();
    }

    @Test
    void shouldReplaceReplicasOnlyOfBrokersThatAreDeadForLong() {
        four.dead(4, 599_000);
        assertThat(four.repair()).isEmpty();

        four.dead(4, LONG);

        assertThat(four.repair())
                .as("two at a time")
                .containsExactly(new MoveReplica(2, 4, 1), new MoveReplica(3, 4, 2));
        four.run(new SetClusterConfig(Map.of("replica.concurrent-moves", "9"), List.of()));
        assertThat(four.repair()).hasSize(3);
    }

    @Test
    void shouldWaitWhenTheRestHasNoMajorityOrNoRoom() {
        four.dead(4, LONG);
        four.dead(3, 1);
        assertThat(four.repair())
                .as("shards 2 and 3 have one voter up")
                .noneMatch(command -> command.equals(new MoveReplica(2, 4, 1)));

        PlanFixture three = new PlanFixture(3);
        three.dead(3, LONG);
        assertThat(three.repair()).as("no other broker").isEmpty();
    }

    @Test
    void shouldPromoteOnlyWhatIsWhole() {
        four.run(new MoveReplica(1, 1, 4));
        long id = four.shard(1).lastReplicaId();
        four.run(new ReplicaPrepared(1, 4, id));
        assertThat(four.repair()).as("not in force").isEmpty();
        four.confirm(1);
        four.replicas.put(id, new ReplicaCondition(0, 1, 500));
        assertThat(four.repair()).as("misses a record").isEmpty();
        four.replicas.put(id, new ReplicaCondition(1_001, 0, 500));
        assertThat(four.repair()).as("lags").isEmpty();

        four.replicas.put(id, new ReplicaCondition(1_000, 0, 500));

        assertThat(four.repair()).containsExactly(new PromoteReplica(1, id));
    }

    @Test
    void shouldGiveUpAReplicaThatIsAwaitedFromADeadBroker() {
        four.run(new MoveReplica(1, 1, 4));
        long id = four.shard(1).lastReplicaId();
        four.dead(4, LONG);

        assertThat(four.repair()).contains(new RemoveReplica(1, id, false));
    }

    @Test
    void shouldEmptyAndForgetALeavingBroker() {
        four.run(new ChangeBroker(4, BrokerState.LEAVING, false));
        for (int round = 0; round < 10 && four.image().brokers().containsKey(4); round++) {
            four.repair().forEach(four::run);
            four.settle();
        }

        assertThat(four.image().brokers()).containsOnlyKeys(1, 2, 3);
        assertThat(four.image().dataShards())
                .allSatisfy(shard -> assertThat(shard.replicas()).hasSize(3));
    }

    @Test
    void shouldShrinkShardsWhenThereAreNotEnoughBrokersAnyMore() {
        PlanFixture three = new PlanFixture(3);
        three.run(new ChangeBroker(3, BrokerState.LEAVING, true));

        assertThat(three.repair()).first().isInstanceOf(RemoveReplica.class);
        three.dead(2, 1);
        assertThat(three.repair()).as("broker 1 alone is no majority of two").isEmpty();
    }

    @Test
    void shouldFillABrokerThatWasAddedAFewAtATime() {
        four.register(5);
        four.run(new ChangeBroker(5, BrokerState.FILLING, false));
        assertThat(four.repair())
                .as("two at a time, what is too few first")
                .hasSize(2)
                .contains(new AddReplica(0, 5))
                .hasAtLeastOneElementOfType(MoveReplica.class);
        four.repairAll(command -> {});

        assertThat(four.state(5)).isEqualTo(BrokerState.ACTIVE);
        assertThat(four.replicasOn(5)).isEqualTo(3);
    }

    @Test
    void shouldWaitWithFillingForABrokerThatIsDead() {
        PlanFixture six = new PlanFixture(6);
        six.register(7);
        six.run(new ChangeBroker(7, BrokerState.FILLING, false));
        six.dead(7, LONG);
        assertThat(six.repair()).isEmpty();
        assertThat(six.state(7)).isEqualTo(BrokerState.FILLING);

        six.brokers.put(7, BrokerCondition.GOOD);
        assertThat(six.repair()).filteredOn(MoveReplica.class::isInstance).hasSize(2);
    }

    @Test
    void shouldNotMoveBackWhatAPersonHasMoved() {
        four.run(new MoveReplica(2, 2, 1));
        four.settle();
        four.run(new MoveReplica(4, 4, 3));
        four.settle();

        assertThat(four.repair()).isEmpty();
    }

    @Test
    void shouldForgetWhoHoldsNothing() {
        four.register(7);
        four.run(new ChangeBroker(7, BrokerState.LEAVING, false));

        assertThat(four.repair()).containsExactly(new ForgetBroker(7));
    }

    @Test
    void shouldGrowShardsAndControllerWithTheCluster() {
        PlanFixture one = new PlanFixture(1);
        one.register(2);
        assertThat(one.repair()).as("joined only").isEmpty();
        one.run(new ChangeBroker(2, BrokerState.ACTIVE, false));
        assertThat(one.repair()).containsExactly(new AddReplica(0, 2), new AddReplica(1, 2));

        four.register(5);
        four.run(new ChangeBroker(5, BrokerState.ACTIVE, false));
        assertThat(four.repair()).as("five voters").contains(new AddReplica(0, 5));
    }
}
