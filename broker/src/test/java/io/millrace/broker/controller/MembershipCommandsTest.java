package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shard 1 is on brokers 1, 2 and 3, all its replicas voters in force; broker 4 is active. */
final class MembershipCommandsTest {

    private ControllerState state = Clusters.formed(4, 1);
    private long first;

    @BeforeEach
    void makeShardOne() {
        ShardImage shard = shard();
        first = shard.replicas().get(0).replicaId();
        for (ReplicaImage replica : shard.replicas()) {
            run(new ReplicaPrepared(1, replica.nodeId(), replica.replicaId()));
        }
        confirm(1, List.of(first, first + 1, first + 2), List.of());
    }

    @Test
    void shouldMakeFoundersVotersAndJoinersLearners() {
        assertThat(states()).containsExactly("1 VOTER", "2 VOTER", "3 VOTER");
        ReplicaImage joiner = state.image().shards().get(0).replicas().get(1);

        ShardImage controller = run(new ReplicaPrepared(0, 2, joiner.replicaId()));

        assertThat(controller.replicas().get(1).state()).isEqualTo(ReplicaState.LEARNER);
        assertThat(controller.replicas().get(0).state()).isEqualTo(ReplicaState.VOTER);
    }

    @Test
    void shouldMoveAReplicaOneStepAfterTheOther() {
        run(new MoveReplica(1, 1, 4));
        assertThat(states()).containsExactly("4 NEW", "1 LEAVING", "2 VOTER", "3 VOTER");
        long id = shard().replicas().get(0).replicaId();
        ControllerState before = state;
        run(new MoveReplica(1, 1, 4));
        assertThat(state).as("again").isSameAs(before);
        refused(new MoveReplica(1, 2, 4), "is being changed: replica " + id);
        refused(new PromoteReplica(1, id), "NEW");

        run(new ReplicaPrepared(1, 4, id));
        refused(new PromoteReplica(1, id), "not in force yet");
        confirm(2, List.of(first, first + 1, first + 2), List.of(id));
        run(new PromoteReplica(1, id));
        confirm(3, List.of(id, first + 1, first + 2), List.of());

        assertThat(states()).containsExactly("4 VOTER", "2 VOTER", "3 VOTER");
    }

    @Test
    void shouldIgnoreOlderNewsOfMembers() {
        run(new MoveReplica(1, 1, 4));
        ControllerState before = state;

        confirm(0, List.of(first + 1, first + 2), List.of());

        assertThat(state).isSameAs(before);
    }

    @Test
    void shouldReplaceALostReplicaUnderAnotherId() {
        run(new ReplicaLost(1, 2, first + 1, "rotten"));
        assertThat(states()).containsExactly("1 VOTER", "2 NEW", "2 LOST", "3 VOTER");
        ControllerState before = state;

        run(new ReplicaLost(1, 2, first + 1, "rotten"));
        run(new ReplicaPrepared(1, 2, first + 1));

        assertThat(state).as("a lost id never comes back").isSameAs(before);
        refused(new PromoteReplica(1, first + 1), "LOST");
    }

    @Test
    void shouldKeepWhatWasToGoWhenItsReplacementIsGivenUp() {
        run(new MoveReplica(1, 1, 4));
        long id = shard().replicas().get(0).replicaId();

        run(new RemoveReplica(1, id, false));

        assertThat(states()).containsExactly("1 VOTER", "2 VOTER", "3 VOTER");
    }

    @Test
    void shouldRefuseToEndangerTheQuorum() {
        refused(new RemoveReplica(1, first, false), "left with 2 voters");
        run(new RemoveReplica(1, first, true));
        assertThat(states()).containsExactly("1 LEAVING", "2 VOTER", "3 VOTER");
        run(new RemoveReplica(1, first + 1, true));

        refused(new RemoveReplica(1, first + 2, true), "last voter");
    }

    @Test
    void shouldRefuseBrokersThatCannotTakeAReplica() {
        run(new RegisterBroker(Clusters.broker(9, 1), false));

        refused(new AddReplica(1, 9), "cluster add 9");
        refused(new AddReplica(1, 8), "no broker 8");
        refused(new AddReplica(7, 4), "no shard 7");
        refused(new MoveReplica(1, 1, 2), "already");
        refused(new MoveReplica(1, 4, 4), "no replica of shard 1");
        ControllerState before = state;
        run(new AddReplica(1, 2));
        assertThat(state).as("holds one").isSameAs(before);
    }

    @Test
    void shouldTellOldAndCopiedDirectories() {
        run(new RegisterBroker(Clusters.broker(1, "d", 1, 7), true)); // a new one
        run(new RegisterBroker(Clusters.broker(1, "d", 5, 7), false));

        invalid(new RegisterBroker(Clusters.broker(1, "d", 4, 7), true), "old copy");
        invalid(
                new RegisterBroker(Clusters.broker(1, "d", 5, 8), true),
                "a copy of the data directory");
        invalid(new RegisterBroker(Clusters.broker(1, "e", 1, 8), false), "in use by another");
        invalid(new RegisterBroker(Clusters.broker(1, "e", 2, 8), false), "in use by another");
        run(new RegisterBroker(Clusters.broker(1, "e", 2, 8), true));
    }

    @Test
    void shouldLetABrokerThatComesBackEmptyBringAShardToBirth() {
        int number = state.image().shards().lastKey() + 1;
        run(new AddShards(number, List.of(List.of(2, 1))));
        ShardImage born = state.image().shards().get(number);
        long founder = born.replicaOn(2).orElseThrow().replicaId();
        run(new ReplicaPrepared(number, 1, born.replicaOn(1).orElseThrow().replicaId()));

        run(new RegisterBroker(Clusters.broker(2, "new disk", 1, 9), true));

        assertThat(state.image().shards().get(number).replicaOn(2))
                .as("of two founders, none can be missed at the beginning")
                .contains(new ReplicaImage(2, founder, ReplicaState.NEW));
        run(new ReplicaPrepared(number, 2, founder));
        run(new RegisterBroker(Clusters.broker(2, "another disk", 1, 9), true));
        assertThat(state.image().shards().get(number).replica(founder).orElseThrow().state())
                .as("it may have taken part")
                .isEqualTo(ReplicaState.LOST);
    }

    @Test
    void shouldLoseAllReplicasOfABrokerThatComesBackEmpty() {
        run(new RegisterBroker(Clusters.broker(2, "new disk", 1, 9), true));

        assertThat(states()).containsExactly("1 VOTER", "2 NEW", "2 LOST", "3 VOTER");
        assertThat(state.image().brokers().get(2).state()).isEqualTo(BrokerState.ACTIVE);
        for (ShardImage shard : state.image().shards().values()) {
            boolean unborn = shard.shard() > 1; // its founders were only placed
            assertThat(shard.replicas())
                    .filteredOn(one -> one.nodeId() == 2 && one.state() != ReplicaState.LOST)
                    .allMatch(one -> one.state() == ReplicaState.NEW)
                    .allMatch(one -> shard.isFounder(one.replicaId()) == unborn);
        }
    }

    @Test
    void shouldLetBrokersComeAndGo() {
        assertThat(run(new RegisterBroker(Clusters.broker(9, 1), false)).state())
                .isEqualTo(BrokerState.JOINED);
        run(new ChangeBroker(9, BrokerState.ACTIVE, false));
        run(new ChangeBroker(9, BrokerState.DRAINED, false));
        assertThat(run(new BrokerFilled(9)).state())
                .as("drained meanwhile")
                .isEqualTo(BrokerState.DRAINED);
        run(new ChangeBroker(9, BrokerState.FILLING, false));
        assertThat(run(new BrokerFilled(9)).state()).isEqualTo(BrokerState.ACTIVE);
        refused(new ForgetBroker(9), "cluster remove 9");
        run(new ChangeBroker(9, BrokerState.LEAVING, false));
        assertThat(run(new ForgetBroker(9))).isTrue();
        assertThat(run(new ForgetBroker(9))).isFalse();

        run(new ChangeBroker(1, BrokerState.LEAVING, false));
        refused(new ForgetBroker(1), "still has replicas");
        refused(new ChangeBroker(2, BrokerState.LEAVING, false), "--force");
        run(new ChangeBroker(2, BrokerState.LEAVING, true));
        run(new ChangeBroker(3, BrokerState.LEAVING, true));
        refused(new ChangeBroker(4, BrokerState.LEAVING, true), "last one");
        refused(new ChangeBroker(4, BrokerState.DRAINED, true), "only active");
        invalid(new ChangeBroker(1, BrokerState.JOINED, true), "JOINED");
    }

    @Test
    void shouldAddShardsOnce() {
        AddShards add = new AddShards(5, List.of(List.of(4, 1), List.of(1)));

        assertThat(run(add)).containsExactly(5, 6);
        ControllerState before = state;
        assertThat(run(add)).containsExactly(5, 6);
        assertThat(state).isSameAs(before);
        ShardImage made = state.image().shards().get(5);
        assertThat(made.founders()).hasSize(2);
        assertThat(made.foundingMembers()).extracting(m -> m.nodeId()).containsExactly(4, 1);
        invalid(new AddShards(9, List.of(List.of(1))), "next shard is 7");
        invalid(new AddShards(7, List.of(List.of(1, 1))), "different");
        refused(new AddShards(7, List.of(List.of(8))), "no broker 8");
    }

    @Test
    void shouldPutPreferredLeadersFirst() {
        run(new PreferLeader(1, List.of(3)));

        assertThat(states()).containsExactly("3 VOTER", "1 VOTER", "2 VOTER");
        refused(new PreferLeader(1, List.of(4)), "[3, 1, 2]");
        invalid(new PreferLeader(1, List.of()), "at least one");
    }

    @Test
    void shouldSetAndResetClusterSettings() {
        assertThat(run(config(Map.of("replica.replace-after-ms", "1m"))).replaceAfterMs())
                .isEqualTo(60_000);
        assertThat(state.image().config().overrides())
                .containsEntry("replica.replace-after-ms", "60000");
        invalid(config(Map.of("replica.replace-after", "1m")), "replica.replace-after-ms");
        invalid(config(Map.of("replica.replace-after-ms", "1ms")), "must be");
        run(new SetClusterConfig(Map.of(), List.of("replica.replace-after-ms")));
        assertThat(state.image().config().replaceAfterMs()).isEqualTo(600_000);
    }

    @Test
    void shouldRaiseTheFeatureLevelOnlyTogether() {
        refused(new RaiseFeatureLevel(2), "understands feature level 1");
        assertThat(run(new RaiseFeatureLevel(1))).isEqualTo(FeatureLevel.FIRST);
    }

    private static SetClusterConfig config(Map<String, String> changes) {
        return new SetClusterConfig(changes, List.of());
    }

    private void confirm(long index, List<Long> voters, List<Long> learners) {
        run(new ConfirmMembers(1, 1, index, voters, learners));
    }

    private ShardImage shard() {
        return state.image().shards().get(1);
    }

    private List<String> states() {
        return shard().replicas().stream().map(r -> r.nodeId() + " " + r.state()).toList();
    }

    private <R> R run(ControllerCommand<R> command) {
        Transition<R> transition = command.applyTo(state);
        state = transition.next();
        return transition.value();
    }

    private void refused(ControllerCommand<?> command, String told) {
        refused(command, ErrorCode.CHANGE_REFUSED, told);
    }

    private void invalid(ControllerCommand<?> command, String told) {
        refused(command, ErrorCode.INVALID_ARGUMENT, told);
    }

    private void refused(ControllerCommand<?> command, ErrorCode code, String told) {
        assertThatThrownBy(() -> command.applyTo(state))
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(told);
    }
}
