package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.RecoverCluster.GivenUp;
import io.millrace.broker.controller.RecoverCluster.Survivor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecoverClusterTest {

    private static final long ALONE = 2_000_000;

    private ControllerState state = Clusters.formed(3, 1);

    private final RecoverCluster withController =
            new RecoverCluster(
                    List.of(new Survivor(0, 1, ALONE), new Survivor(1, 1, ALONE + 1)),
                    List.of(new GivenUp(2, "directory2"), new GivenUp(3, "another one")),
                    true);

    private <R> R run(ControllerCommand<R> command) {
        Transition<R> transition = command.applyTo(state);
        state = transition.next();
        return transition.value();
    }

    @Test
    void shouldLeaveOneVoterInAShard() {
        run(new RecoverCluster(List.of(new Survivor(1, 1, ALONE)), List.of(), false));

        ShardImage shard = state.image().shards().get(1);
        assertThat(shard.replicas())
                .containsExactly(new ReplicaImage(1, ALONE, ReplicaState.VOTER));
        assertThat(shard.changing()).as("it can be repaired at once").isEmpty();
        assertThat(shard.lastReplicaId()).isEqualTo(ALONE);
        assertThat(state.nextReplicaId()).isEqualTo(ALONE + 1);
        assertThat(state.image().shards().get(2).replicas()).hasSize(3);
        assertThat(state.image().brokers().get(2).isGivenUp()).isFalse();
    }

    @Test
    void shouldChangeNothingWhenItIsToldAgain() {
        RecoverCluster command =
                new RecoverCluster(List.of(new Survivor(1, 1, ALONE)), List.of(), false);
        run(command);
        run(new AddReplica(1, 2));
        ControllerState before = state;

        run(command);

        assertThat(state).isSameAs(before);
    }

    /** What one replica of the controller had not heard of must never be given out again. */
    @Test
    void shouldLeaveAGapInAllThatTheControllerGivesOut() {
        ControllerState before = state;

        run(withController);

        assertThat(state.image().version())
                .isGreaterThanOrEqualTo(before.image().version() + RecoverCluster.GAP);
        assertThat(state.nextTopicId()).isEqualTo(before.nextTopicId() + RecoverCluster.GAP);
        assertThat(state.nextPartitionId())
                .isEqualTo(before.nextPartitionId() + RecoverCluster.GAP);
        assertThat(state.nextProducerId()).isEqualTo(before.nextProducerId() + RecoverCluster.GAP);
        assertThat(state.nextReplicaId()).isGreaterThan(ALONE + RecoverCluster.GAP);
        assertThat(state.image().shards().values())
                .as("no replica on a disk seems to be placed by a newer map")
                .allMatch(shard -> shard.lastReplicaId() == state.nextReplicaId() - 1);
    }

    @Test
    void shouldTurnAwayADirectoryThatWasGivenUpAndTakeAnEmptyOne() {
        run(withController);
        assertThat(state.image().brokers().get(3).isGivenUp()).as("has another by now").isFalse();

        assertThatThrownBy(() -> run(new RegisterBroker(Clusters.broker(2, 99), true)))
                .hasMessageContaining("given up by `millrace cluster recover --unsafe`")
                .hasMessageContaining("start the broker with an empty one");
        run(new RegisterBroker(Clusters.broker(2, "new", 1, 5), true));

        BrokerImage back = state.image().brokers().get(2);
        assertThat(back.isGivenUp()).isFalse();
        assertThat(back.state()).isEqualTo(BrokerState.ACTIVE);
        assertThat(state.image().shards().get(1).replicas()).hasSize(1);
        run(new AddReplica(1, 2));
        assertThat(state.image().shards().get(1).replicas()).hasSize(2);
    }

    /** The only one that is left may be on another broker: it keeps its id until it goes on. */
    @Test
    void shouldForgetTheLostOnesOfAShardThatGoesOnElsewhere() {
        long left = state.image().shards().get(2).replicaOn(3).orElseThrow().replicaId();

        run(new RecoverCluster(List.of(new Survivor(2, 3, left)), List.of(), true));

        assertThat(state.image().shards().get(2).replicas())
                .containsExactly(new ReplicaImage(3, left, ReplicaState.VOTER));
    }
}
