package io.millrace.broker.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmMembers;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PromoteReplica;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.RemoveReplica;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Follower;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shard 1 is led on node 1; node 4 has been added to the three founders. */
final class MemberChangesTest {

    private static final long TERM = 3;

    private final ControllerStateMachine machine = new ControllerStateMachine();
    private final Led shard = new Led();
    private final List<ControllerCommand<?>> submitted = new ArrayList<>();
    private final MemberChanges changes =
            new MemberChanges(this::image, () -> List.of(shard), number -> shard, this::submit);
    private long index;

    @BeforeEach
    void form() {
        apply(new FormCluster("c", List.of(1, 2, 3), 1));
        for (int node = 1; node <= 4; node++) {
            apply(new RegisterBroker(broker(node), false));
        }
        apply(new ChangeBroker(4, BrokerState.ACTIVE, false));
        for (ReplicaImage replica : wanted().replicas()) {
            apply(new ReplicaPrepared(1, replica.nodeId(), replica.replicaId()));
        }
        shard.inForce =
                Members.voting(
                        wanted().replicas().stream()
                                .map(ReplicaImage::member)
                                .toArray(Member[]::new));
    }

    @Test
    void shouldSayWhoIsInForceOnce() {
        changes.look();
        changes.look();

        assertThat(submitted).hasSize(1).first().isInstanceOf(ConfirmMembers.class);
        assertThat(wanted().confirmed().voterIds()).hasSize(3);
    }

    @Test
    void shouldExchangeAReplicaAndSaySo() {
        changes.look();
        apply(new MoveReplica(1, 3, 4));
        long coming = on(4).replicaId();
        apply(new ReplicaPrepared(1, 4, coming));
        changes.look();
        assertThat(shard.inForce.learners()).containsExactly(on(4).member());

        changes.look();
        apply(new PromoteReplica(1, coming));
        changes.look();
        assertThat(shard.inForce.voters()).contains(on(4).member()).hasSize(3);

        changes.look();
        assertThat(wanted().replicaOn(3)).isEmpty();
        assertThat(wanted().changing()).isEmpty();
    }

    @Test
    void shouldSayThatALeavingReplicaIsGoneThatNeverWasInForce() {
        changes.look();
        apply(new MoveReplica(1, 3, 4));
        long coming = on(4).replicaId();
        apply(new ReplicaPrepared(1, 4, coming));
        apply(new RemoveReplica(1, coming, true));
        assertThat(on(4).state()).isEqualTo(ReplicaState.LEAVING);

        changes.look();

        assertThat(wanted().replica(coming)).isEmpty();
        assertThat(wanted().changing()).as("the shard can be changed again").isEmpty();
        assertThat(shard.targets).isEmpty();
    }

    @Test
    void shouldNotShrinkAShardToMembersThatDoNotAnswer() {
        changes.look();
        apply(new RemoveReplica(1, on(3).replicaId(), true));
        shard.silentMs.put(2, 60_000L);
        changes.look();
        assertThat(shard.targets).isEmpty();

        shard.silentMs.clear();
        changes.look();
        assertThat(shard.inForce.voters()).extracting(Member::nodeId).containsExactly(1, 2);
    }

    @Test
    void shouldLeaveToTheLeaderWhatItDoesNotLead() {
        shard.term = 0;
        changes.look();
        assertThat(submitted).isEmpty();
    }

    private ClusterImage image() {
        return machine.images().current();
    }

    private ShardImage wanted() {
        return image().shards().get(1);
    }

    private ReplicaImage on(int node) {
        return wanted().replicaOn(node).orElseThrow();
    }

    private CompletableFuture<?> submit(ControllerCommand<?> command) {
        submitted.add(command);
        apply(command);
        return CompletableFuture.completedFuture(null);
    }

    private void apply(ControllerCommand<?> command) {
        machine.apply(++index, 1, ControllerCodec.encodeCommand(command), null);
    }

    private static BrokerImage broker(int node) {
        return new BrokerImage(
                node, "h:1", "h:2", "h:3", "0.1.0", "", "d" + node, 1, 7, 42, BrokerState.ACTIVE);
    }

    /** A shard whose members change at once. */
    private static final class Led extends UnaskedShard {

        private final List<Members> targets = new ArrayList<>();
        private final Map<Integer, Long> silentMs = new HashMap<>();
        private Members inForce;
        private long term = TERM;

        @Override
        public CompletableFuture<Void> changeMembers(Members target, long expectedTerm) {
            assertThat(expectedTerm).isEqualTo(TERM);
            targets.add(target);
            inForce = target;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public int id() {
            return 1;
        }

        @Override
        public long leadingTerm() {
            return term;
        }

        @Override
        public ShardStatus status() {
            List<Follower> followers =
                    inForce.all().stream()
                            .filter(member -> member.nodeId() != 1)
                            .map(this::follower)
                            .toList();
            long commit = 10L + targets.size();
            return new ShardStatus(
                    1,
                    ShardStatus.Role.LEADER,
                    term,
                    1,
                    inForce,
                    followers,
                    commit,
                    commit,
                    0,
                    1,
                    commit,
                    "");
        }

        private Follower follower(Member member) {
            return new Follower(member, 10, silentMs.getOrDefault(member.nodeId(), 5L), false);
        }
    }
}
