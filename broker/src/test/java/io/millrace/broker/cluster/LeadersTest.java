package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.ShardStatus.Role;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.PeerIntroduction;
import io.millrace.v1.ReplicaReport;
import io.millrace.v1.ShardLeader;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeadersTest {

    private static final int SELF = 1;
    private static final Set<Integer> SHARDS = Set.of(0, 5);

    private final LocalShards shards = new LocalShards();
    private final ShardReplica replica = new ShardReplica(0);
    private final Leaders leaders = new Leaders(SELF, shards);
    private final AtomicInteger told = new AtomicInteger();

    @BeforeEach
    void listen() {
        leaders.addListener(told::incrementAndGet);
    }

    @Test
    void shouldTakeTheHighestEpoch() {
        news(leader(5, 2, 7));
        news(leader(5, 3, 6));
        assertThat(leaders.leader(5)).isEqualTo(led(2, 7));

        news(leader(5, 3, 8));
        assertThat(leaders.leader(5)).isEqualTo(led(3, 8));
        assertThat(told).hasValue(2);
        news(leader(5, 3, 8));
        assertThat(told).as("nothing new").hasValue(2);
    }

    @Test
    void shouldKnowNobodyOnceTheLeaderOfAnEpochHasSteppedDown() {
        news(leader(5, 2, 7));
        news(leader(5, 0, 7));

        assertThat(leaders.leader(5)).isEqualTo(led(0, 7));
        assertThat(leaders.told()).containsExactly(leader(5, 0, 7));
    }

    @Test
    void shouldTellAtOnceWhatTheReplicaHereKnows() {
        shards.addController(replica.follows(2, 3));
        assertThat(leaders.leader(0)).isEqualTo(led(2, 3));

        replica.leads(SELF, 4);
        assertThat(leaders.leader(0)).isEqualTo(led(SELF, 4));
        assertThat(leaders.refresh()).isTrue();
        assertThat(leaders.refresh()).isFalse();

        replica.follows(0, 4);
        assertThat(leaders.leader(0)).as("before it is looked at again").isEqualTo(led(0, 4));
        leaders.refresh();
        assertThat(leaders.leader(0)).isEqualTo(led(0, 4));
        assertThat(leaders.told()).containsExactly(leader(0, 0, 4));
    }

    @Test
    void shouldNotTakeALeaderThatHasNotAppliedEverythingForOne() {
        shards.addController(replica.leads(SELF, 4));
        replica.leadingTerm = 0;
        leaders.refresh();
        assertThat(leaders.leader(0)).isEqualTo(led(0, 4));
        assertThat(leaders.told()).isEmpty();

        replica.leadingTerm = 4;
        leaders.refresh();
        assertThat(leaders.leader(0)).isEqualTo(led(SELF, 4));
    }

    @Test
    void shouldBelieveItsOwnReplicaMoreThanOldNewsOfItself() {
        shards.addController(replica.follows(0, 4));
        leaders.refresh();
        news(leader(0, SELF, 4));

        assertThat(leaders.leader(0)).isEqualTo(led(0, 4));
    }

    @Test
    void shouldNotLetAFollowerHereBringBackALeaderThatSteppedDown() {
        shards.addController(replica.follows(2, 4));
        leaders.refresh();
        news(leader(0, 0, 4));
        leaders.refresh();

        assertThat(leaders.leader(0)).isEqualTo(led(0, 4));
    }

    @Test
    void shouldHearFromBrokersWhatTheyLead() {
        report(2, replica(5, Role.LEADER, 7), replica(0, Role.FOLLOWER, 3));
        report(3, replica(5, Role.FOLLOWER, 9), replica(99, Role.LEADER, 1));
        assertThat(leaders.leader(5)).isEqualTo(led(2, 7));
        assertThat(leaders.leader(99)).as("no such shard").isEqualTo(led(0, 0));

        report(2, replica(5, Role.FOLLOWER, 7));
        assertThat(leaders.leader(5)).isEqualTo(led(0, 7));
        report(3, replica(5, Role.LEADER, 8));
        report(2, replica(5, Role.FOLLOWER, 8));
        assertThat(leaders.leader(5)).isEqualTo(led(3, 8));
    }

    @Test
    void shouldTakeAllForAliveUntilSomebodyKnows() {
        assertThat(leaders.isAlive(2)).isTrue();
        leaders.hear(List.of(), Set.of(3));

        assertThat(leaders.isAlive(2)).isFalse();
        assertThat(leaders.isAlive(3)).isTrue();
        assertThat(leaders.isAlive(SELF)).isTrue();
        assertThat(told).hasValue(1);
    }

    private void news(ShardLeader... all) {
        leaders.hear(List.of(all), Set.of());
    }

    private void report(int node, ReplicaReport... replicas) {
        leaders.hear(
                BrokerReport.newBuilder()
                        .setPeer(PeerIntroduction.newBuilder().setNodeId(node))
                        .addAllReplicas(Arrays.asList(replicas))
                        .build(),
                SHARDS);
    }

    private static ReplicaReport replica(int shard, Role role, long term) {
        return ReplicaReport.newBuilder()
                .setShard(shard)
                .setRole(role.name())
                .setTerm(term)
                .build();
    }

    private static ShardLeader leader(int shard, int node, long epoch) {
        return ShardLeader.newBuilder().setShard(shard).setNodeId(node).setEpoch(epoch).build();
    }

    private static io.millrace.broker.cluster.ShardLeader led(int node, long epoch) {
        return new io.millrace.broker.cluster.ShardLeader(node, epoch);
    }
}
