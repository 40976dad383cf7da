package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shard n is on brokers n, n + 1 and n + 2, around. */
final class LeaderPlanTest {

    private final PlanFixture four = new PlanFixture(4);

    @Test
    void shouldRestWhenAllIsEven() {
        assertThat(relieve()).isEmpty();
        assertThat(spread(9)).isEmpty();
    }

    @Test
    void shouldTakeLeadershipsOffDrainedAndTroubledBrokers() {
        four.run(new ChangeBroker(2, BrokerState.DRAINED, false));
        four.brokers.put(3, new BrokerCondition(0, "its disk is full"));

        assertThat(relieve())
                .containsExactly(
                        new LeaderTransfer(2, 2, 4, "broker 2 is DRAINED"),
                        new LeaderTransfer(3, 3, 1, "broker 3: its disk is full"));
        assertThat(LeaderPlan.relieve(four.image(), four.condition(), 1)).hasSize(1);
    }

    @Test
    void shouldGiveLeadershipsBackOnceTheReturnedReplicaHasCaughtUp() {
        four.leaders.put(1, 2);
        long back = four.shard(1).replicaOn(1).orElseThrow().replicaId();
        four.replicas.put(back, new ReplicaCondition(0, 40, 500));
        assertThat(spread(9)).noneMatch(one -> one.shard() == 1 && one.to() == 1);

        four.replicas.put(back, new ReplicaCondition(0, 0, 500));

        assertThat(spread(9))
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.shard()).isEqualTo(1);
                            assertThat(one.to()).isEqualTo(1);
                        });
    }

    @Test
    void shouldGoByWayOfOthersWhereThereIsNoDirectMove() {
        // 4 leads 3 and 4; 1 leads nothing and has no replica of shard 3 that is up, but of 4.
        four.leaders.put(3, 4);
        four.leaders.put(4, 4);
        four.leaders.put(1, 3);
        four.replicas.put(
                four.shard(4).replicaOn(1).orElseThrow().replicaId(),
                new ReplicaCondition(9_000, 0, 0));
        four.replicas.put(
                four.shard(3).replicaOn(1).orElseThrow().replicaId(),
                new ReplicaCondition(9_000, 0, 0));

        List<LeaderTransfer> moves = spread(9);

        assertThat(moves).hasSize(2).anyMatch(one -> one.to() == 1);
        moves.forEach(one -> four.leaders.put(one.shard(), one.to()));
        assertThat(four.leaders.values().stream().skip(1).distinct().count()).isEqualTo(4);
    }

    @Test
    void shouldPreferTheOrderOfPreferenceWhenItIsAsEven() {
        four.leaders.put(1, 2);
        four.leaders.put(2, 3);
        four.leaders.put(3, 4);
        four.leaders.put(4, 1);
        assertThat(spread(9)).as("nothing gained by one move").isEmpty();

        four.leaders.remove(2);
        assertThat(spread(1))
                .as("3 leads none: whoever prefers it")
                .containsExactly(new LeaderTransfer(3, 4, 3, "broker 3 is preferred"));
    }

    @Test
    void shouldLeaveTheControllerWhereItIs() {
        four.leaders.put(0, 3);
        assertThat(spread(9)).isEmpty();
        four.run(new ChangeBroker(3, BrokerState.DRAINED, false));
        assertThat(relieve()).anyMatch(one -> one.shard() == 0);
    }

    @Test
    void shouldLeaveALeaderForWhomNobodyElseIsFit() {
        PlanFixture one = new PlanFixture(1);
        one.brokers.put(1, new BrokerCondition(0, "its disk is full"));

        assertThat(LeaderPlan.relieve(one.image(), one.condition(), 9)).isEmpty();
    }

    private List<LeaderTransfer> relieve() {
        return LeaderPlan.relieve(four.image(), four.condition(), 9);
    }

    private List<LeaderTransfer> spread(int most) {
        return LeaderPlan.spread(four.image(), four.condition(), most);
    }
}
