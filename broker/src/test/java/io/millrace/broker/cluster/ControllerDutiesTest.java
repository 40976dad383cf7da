package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PreferLeader;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.SetClusterConfig;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.controller.plan.LeaderTransfer;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ReplicaMember;
import io.millrace.v1.ReplicaReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Four brokers with a shard each, n on n, n + 1 and n + 2, around. The controller is led elsewhere.
 * A handed over shard has its new leader at once.
 */
final class ControllerDutiesTest {

    private static final int SELF = 9;
    private static final long LEASE_S = 10;

    private final AtomicLong now = new AtomicLong();
    private final ControllerReplica cluster = new ControllerReplica(4, 1);
    private final Leaders leaders = new Leaders(SELF, new LocalShards());
    private final BrokerWatch watch =
            new BrokerWatch(
                    SELF, cluster.controller, leaders, Duration.ofSeconds(LEASE_S), now::get);
    private final List<LeaderTransfer> transfers = new ArrayList<>();
    private final ControllerDuties duties =
            new ControllerDuties(cluster.controller, watch, leaders, this::handOver, now::get);
    private final Map<Integer, Integer> led = new HashMap<>(Map.of(1, 1, 2, 2, 3, 3, 4, 4));
    private final Map<Integer, Long> terms = new HashMap<>();
    private final Set<Integer> silent = new HashSet<>();
    private final Map<Integer, Long> missing = new HashMap<>();

    @Test
    void shouldRestWhenAllIsWell() {
        pass(60);

        assertThat(transfers).isEmpty();
        assertThat(cluster.ordered).isEmpty();
    }

    @Test
    void shouldHearOfEverybodyBeforeItDecides() {
        silent.addAll(Set.of(2, 3, 4)); // of whom a new leader knows nothing yet
        pass(3);
        silent.clear();
        pass(30);
        assertThat(transfers).isEmpty();

        cluster.run(new ChangeBroker(2, BrokerState.DRAINED, false));
        cluster.leadingTerm = 2;
        pass(3);
        assertThat(transfers).as("a new term").isEmpty();
        pass(1);
        assertThat(transfers).extracting(LeaderTransfer::from).containsExactly(2);
    }

    @Test
    void shouldDoNothingWhereItDoesNotLead() {
        cluster.run(new ChangeBroker(2, BrokerState.DRAINED, false));
        cluster.leadingTerm = 0;
        pass(60);

        assertThat(transfers).isEmpty();
    }

    @Test
    void shouldSpreadLeadersAsOftenAsTheClusterWants() {
        lead(1, 2);
        pass(10);
        assertThat(transfers).as("every 10 s").isEmpty();
        pass(1);
        assertThat(transfers).extracting(LeaderTransfer::to).containsExactly(1);

        cluster.run(new SetClusterConfig(Map.of("leader.rebalance-interval-ms", "45s"), List.of()));
        lead(1, 2);
        pass(44);
        assertThat(transfers).hasSize(1);
        pass(1);
        assertThat(transfers).hasSize(2);
    }

    @Test
    void shouldOrderAPreferenceBeforeItMovesAgainstIt() {
        cluster.run(new PreferLeader(2, List.of(3, 4, 2)));
        cluster.run(new PreferLeader(3, List.of(3, 4, 1)));
        cluster.ordered.clear();
        lead(2, 3);
        cluster.holdsBack = true;
        pass(60);
        assertThat(transfers).as("the preference is not in force yet").isEmpty();

        cluster.letGo();

        assertThat(cluster.ordered).singleElement().isInstanceOf(PreferLeader.class);
        LeaderTransfer moved = transfers.get(0);
        assertThat(cluster.shard(moved.shard()).replicas().get(0).nodeId()).isEqualTo(moved.to());
        transfers.clear();
        pass(100);
        assertThat(transfers).as("it stays").isEmpty();
    }

    @Test
    void shouldNotMoveAgainstThePreferenceIfThatIsNotInForce() {
        cluster.run(new PreferLeader(2, List.of(3, 4, 2)));
        cluster.run(new PreferLeader(3, List.of(3, 4, 1)));
        lead(2, 3);
        cluster.holdsBack = true;
        pass(11);
        cluster.lose();

        assertThat(transfers).isEmpty();
        cluster.holdsBack = false;
        pass(10);
        assertThat(transfers).as("it comes again").isNotEmpty();
    }

    @Test
    void shouldRelieveAtOnceALeaderThatMissesRecords() {
        missing.put(2, 7L);
        pass(4);

        assertThat(transfers)
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.shard()).isEqualTo(2);
                            assertThat(one.reason()).contains("misses 7 records");
                        });
        pass(60);
        assertThat(transfers)
                .as("as long as it misses some")
                .noneMatch(one -> one.shard() == 2 && one.to() == 2);
        missing.clear();
        int before = transfers.size();
        pass(60);
        assertThat(led.values()).as("one each").containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(transfers.size() - before).isLessThan(3);
    }

    @Test
    void shouldNotAskADeadLeaderToHandOver() {
        pass(4);
        silent.add(4);
        pass(60);

        assertThat(transfers).noneMatch(one -> one.from() == 4);
        assertThat(cluster.ordered).isEmpty();
    }

    @Test
    void shouldReplaceReplicasOfTheDeadAFewAtATime() {
        cluster.run(new SetClusterConfig(Map.of("replica.replace-after-ms", "20s"), List.of()));
        cluster.ordered.clear();
        silent.add(4);
        lead(4, 1);
        pass(29);
        assertThat(cluster.ordered).isEmpty();
        pass(3);
        assertThat(cluster.ordered).hasSize(2).allMatch(one -> one instanceof MoveReplica);
        pass(30);
        assertThat(cluster.ordered).as("as long as they are under way").hasSize(2);

        cluster.settle();
        cluster.ordered.clear();
        pass(2);
        List<ControllerCommand<?>> then = List.copyOf(cluster.ordered);
        assertThat(then).singleElement().isInstanceOf(MoveReplica.class);
    }

    @Test
    void shouldOrderNothingMoreWhileAnOrderIsUnderWay() {
        cluster.run(new ChangeBroker(4, BrokerState.LEAVING, false));
        cluster.ordered.clear();
        cluster.holdsBack = true;
        pass(30);
        cluster.letGo();

        assertThat(cluster.ordered).hasSize(2).doesNotHaveDuplicates();
    }

    private void handOver(LeaderTransfer transfer) {
        transfers.add(transfer);
        if (led.get(transfer.shard()) == transfer.from()) {
            lead(transfer.shard(), transfer.to());
        }
    }

    private void lead(int shard, int node) {
        led.put(shard, node);
        terms.merge(shard, 1L, Long::sum);
    }

    /** Each second everybody reports, and then it looks. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds * 10; i++) {
            now.addAndGet(Duration.ofMillis(BrokerWatch.TICK_MS).toNanos());
            watch.tick();
            if (i % 10 == 9) {
                cluster.image().brokers().keySet().stream()
                        .filter(node -> !silent.contains(node))
                        .forEach(node -> watch.hear(report(node)));
                duties.look();
            }
        }
    }

    private BrokerReport report(int node) {
        BrokerReport.Builder report = BrokerReport.newBuilder().setPeer(cluster.peer(node));
        for (ShardImage shard : cluster.image().shards().values()) {
            shard.replicaOn(node).ifPresent(one -> report.addReplicas(replica(shard, one)));
        }
        return report.build();
    }

    private ReplicaReport replica(ShardImage shard, ReplicaImage replica) {
        int node = replica.nodeId();
        boolean leads = led.getOrDefault(shard.shard(), 1) == node;
        ReplicaReport.Builder report =
                ReplicaReport.newBuilder()
                        .setShard(shard.shard())
                        .setReplicaId(replica.replicaId())
                        .setRole(leads ? "LEADER" : "FOLLOWER")
                        .setTerm(1 + terms.getOrDefault(shard.shard(), 0L))
                        .setFirstLogIndex(1)
                        .setLastLogIndex(100)
                        .setAppliedIndex(100)
                        .setMissingRecords(
                                missing.getOrDefault(node, 0L) * (shard.shard() == node ? 1 : 0));
        for (ReplicaImage member : leads ? shard.replicas() : List.<ReplicaImage>of()) {
            report.addMembers(
                    ReplicaMember.newBuilder()
                            .setNodeId(member.nodeId())
                            .setReplicaId(member.replicaId())
                            .setVoter(true)
                            .setMatchIndex(100));
        }
        return report.build();
    }
}
