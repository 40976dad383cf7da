package io.millrace.broker.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.ShardMembers;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Follower;
import io.millrace.raft.ShardStatus.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeadershipTest {

    private static final int HERE = 1;
    private static final int SHARD = 1;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ControllerStateMachine machine = new ControllerStateMachine();
    private final LedShard shard = new LedShard();
    private final List<Integer> asked = new ArrayList<>();
    private final Leadership leadership =
            new Leadership(
                    HERE,
                    () -> machine.images().current(),
                    () -> List.of(shard),
                    number -> new Transfers(),
                    node -> true,
                    Duration.ofMillis(1_500),
                    this::laterAtEachLook);
    private int looksToTakeOver = 1;
    private int takesOverWhenAsked = 1;
    private boolean refused;
    private long now;

    @BeforeEach
    void form() {
        apply(new FormCluster("c", List.of(1, 2, 3), 1), 1);
        for (int node = 1; node <= 3; node++) {
            apply(new RegisterBroker(broker(node), false), 1 + node);
        }
    }

    @Test
    void shouldWaitUntilAnotherLeads() {
        looksToTakeOver = 5;

        leave();

        assertThat(shard.role).isEqualTo(Role.FOLLOWER);
        assertThat(asked).hasSize(1).doesNotContain(HERE);
    }

    @Test
    void shouldAskAgainIfASuccessorDoesNotTakeOver() {
        takesOverWhenAsked = 3;

        leave();

        assertThat(shard.role).isEqualTo(Role.FOLLOWER);
        assertThat(asked).hasSize(3);
    }

    @Test
    void shouldAskAgainIfItWasRefused() {
        takesOverWhenAsked = 2;
        refused = true;

        leave();

        assertThat(shard.role).isEqualTo(Role.FOLLOWER);
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldGiveUpWhenTheTimeIsOver() {
        takesOverWhenAsked = Integer.MAX_VALUE;

        leave();

        assertThat(shard.role).isEqualTo(Role.LEADER);
        assertThat(asked).hasSizeBetween(2, 8);
    }

    @Test
    void shouldNotWaitIfNobodyCanTakeOver() {
        shard.followers = List.of();

        leave();

        assertThat(asked).isEmpty();
        assertThat(now).isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void shouldNotHandOverWhatIsNotLedHere() {
        shard.role = Role.FOLLOWER;

        leave();
        leadership.handOver(SHARD, 2, "test");

        assertThat(asked).isEmpty();
    }

    private void leave() {
        leadership.leaveAll("test", Duration.ofSeconds(10));
    }

    private long laterAtEachLook() {
        now += LOOK_NANOS;
        return now;
    }

    private void apply(ControllerCommand<?> command, long index) {
        machine.apply(index, 1, ControllerCodec.encodeCommand(command), null);
    }

    private static BrokerImage broker(int node) {
        return new BrokerImage(
                node,
                "c:" + node,
                "p:" + node,
                "",
                "1",
                "",
                "d" + node,
                1,
                1,
                0,
                BrokerState.ACTIVE);
    }

    /** Takes its time to hand over, as jraft does: it is the leader until another one is. */
    private final class Transfers implements ShardMembers {

        @Override
        public CompletableFuture<Void> changeMembers(Members target, long expectedTerm) {
            throw new AssertionError("members are changed to " + target);
        }

        @Override
        public CompletableFuture<Void> transferLeadership(int nodeId) {
            asked.add(nodeId);
            if (asked.size() == takesOverWhenAsked) {
                shard.looksLeft = looksToTakeOver;
                return CompletableFuture.completedFuture(null);
            }
            return refused
                    ? CompletableFuture.failedFuture(new IllegalStateException("busy"))
                    : CompletableFuture.completedFuture(null);
        }
    }

    private static final class LedShard extends UnaskedShard {

        private Role role = Role.LEADER;
        private List<Follower> followers =
                List.of(
                        new Follower(new Member(2, 2), 10, 0, false),
                        new Follower(new Member(3, 3), 10, 0, false));
        private int looksLeft = -1;

        @Override
        public int id() {
            return SHARD;
        }

        @Override
        public long leadingTerm() {
            return role == Role.LEADER && looksLeft < 0 ? 7 : 0;
        }

        @Override
        public ShardStatus status() {
            if (looksLeft >= 0 && looksLeft-- == 0) {
                role = Role.FOLLOWER;
            }
            Members members = Members.voting(new Member(1, 1), new Member(2, 2), new Member(3, 3));
            return new ShardStatus(
                    SHARD,
                    role,
                    7,
                    1,
                    members,
                    role == Role.LEADER ? followers : List.of(),
                    10,
                    10,
                    1,
                    1,
                    10,
                    "");
        }
    }
}
