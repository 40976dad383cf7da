package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.PreferLeader;
import io.millrace.broker.controller.ShardImage;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    void shouldChangeTheOrderWithAMoveThatGoesAgainstIt() {
        PlanFixture three = new PlanFixture(3);
        three.leaders.put(2, 1); // 1 leads 1 and 2, and 2 leads nothing; but 2 prefers none of 1's
        three.run(new PreferLeader(1, List.of(1, 3, 2)));
        three.run(new PreferLeader(2, List.of(1, 3, 2)));

        LeaderMove move = only(LeaderPlan.spread(three.image(), three.condition(), 1));
        assertThat(move.transfer().to()).isEqualTo(2);
        assertThat(move.order())
                .as("only what must change does")
                .contains(new PreferLeader(move.transfer().shard(), List.of(2, 1, 3)));
        carryOut(three, move);

        assertThat(LeaderPlan.spread(three.image(), three.condition(), 9)).isEmpty();
        three.leaders.put(3, 1); // another time it would not be less even to come back
        three.leaders.remove(move.transfer().shard() == 1 ? 2 : 1);
        assertThat(LeaderPlan.spread(three.image(), three.condition(), 9))
                .noneMatch(one -> one.transfer().shard() == move.transfer().shard());
    }

    @Test
    void shouldBringAllHomeWhenABrokerReturns() {
        PlanFixture three = new PlanFixture(3, 4);
        Map<Integer, Integer> home = Map.copyOf(three.leaders);
        for (int node = 1; node <= 3; node++) {
            for (int seed = 0; seed < 30; seed++) {
                Random random = new Random(seed);
                int gone = node;
                three.dead(gone, 5);
                for (ShardImage shard : three.image().dataShards()) { // whoever is elected
                    int one = 1 + (gone + random.nextInt(2)) % 3;
                    three.leaders.putIfAbsent(shard.shard(), one);
                }
                spreadAll(three);
                three.brokers.put(gone, BrokerCondition.GOOD);
                spreadAll(three);

                three.leaders.put(0, home.get(0));
                assertThat(three.leaders)
                        .as("without %d, seed %d", gone, seed)
                        .containsExactlyInAnyOrderEntriesOf(home);
            }
        }
    }

    private static void spreadAll(PlanFixture cluster) {
        for (int round = 0; round < 50; round++) {
            List<LeaderMove> moves = LeaderPlan.spread(cluster.image(), cluster.condition(), 2);
            if (moves.isEmpty()) {
                return;
            }
            moves.forEach(move -> carryOut(cluster, move));
        }
        throw new AssertionError("it does not come to rest: " + cluster.leaders);
    }

    private static void carryOut(PlanFixture cluster, LeaderMove move) {
        move.order().ifPresent(cluster::run);
        cluster.leaders.put(move.transfer().shard(), move.transfer().to());
    }

    private static LeaderMove only(List<LeaderMove> moves) {
        assertThat(moves).hasSize(1);
        return moves.get(0);
    }

    @Test
    void shouldTakeTheLeadOffAReplicaThatMissesRecordsIfAnotherIsWhole() {
        four.replicas.put(idOn(2, 2), new ReplicaCondition(0, 1_234, 500));
        assertThat(relieve())
                .containsExactly(
                        new LeaderTransfer(2, 2, 3, "broker 2 misses 1,234 records of it"));
        four.leaders.put(2, 3);
        assertThat(relieve()).isEmpty();
        assertThat(spread(9))
                .as("not back before it is whole")
                .noneMatch(one -> one.shard() == 2 && one.to() == 2);

        four.leaders.put(2, 2);
        four.replicas.put(idOn(2, 3), new ReplicaCondition(0, 1, 500));
        four.replicas.put(idOn(2, 4), new ReplicaCondition(0, 1, 500));
        assertThat(relieve()).as("all miss some").isEmpty();
    }

    private long idOn(int shard, int node) {
        return four.shard(shard).replicaOn(node).orElseThrow().replicaId();
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
        return LeaderPlan.spread(four.image(), four.condition(), most).stream()
                .map(LeaderMove::transfer)
                .toList();
    }
}
