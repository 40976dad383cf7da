package io.millrace.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandFixture;
import io.millrace.cli.FakeAdmin;
import io.millrace.client.admin.BrokerStatus;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterPlan;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.ReplicaStatus;
import io.millrace.client.admin.ShardStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClusterVerbsTest {
    private final FakeAdmin cluster = new FakeAdmin();
    private final CommandFixture millrace = new CommandFixture().with(cluster);

    @Test
    void shouldExitWithZeroWhenEveryShardHasALeader() {
        cluster.put(status(true, 1, 1));
        assertThat(millrace.run("cluster", "status")).isZero();
        assertThat(millrace.out()).contains("health      well").contains("2, 2 with a leader");
        assertThat(millrace.err()).isEmpty();
    }

    @Test
    void shouldExitWithOneWhenAShardHasNoLeader() {
        cluster.put(status(true, 1, 0));
        assertThat(millrace.run("cluster", "status")).isEqualTo(1);
        assertThat(millrace.out()).contains("not well").contains("2, 1 with a leader");
        assertThat(millrace.run("cluster", "shards")).isEqualTo(1);
        assertThat(millrace.out()).contains("0 (controller)").contains("none");
    }

    @Test
    void shouldExitWithOneAndNameTheProblemWhenWritesAreRefused() {
        cluster.put(status(false, 1, 1));
        assertThat(millrace.run("cluster", "brokers", "--output", "json")).isEqualTo(1);
        assertThat(millrace.out()).startsWith("[ {").contains("\"address\": \"127.0.0.1:7400\"");
        assertThat(millrace.err()).isEqualTo("problem: the disk of node 1 is full\n");
    }

    @Test
    void shouldNotCallAClusterWithoutShardsWell() {
        cluster.put(status(true));
        assertThat(millrace.run("cluster", "status")).isEqualTo(1);
    }

    @Test
    void shouldShowLeadersReplicasAndLagWithinOneHundredColumns() {
        cluster.put(three("ACTIVE", List.of("shard 2: node 3 has pulled 40 % of 3 GiB")));
        assertThat(millrace.run("cluster", "status")).isZero();
        assertThat(millrace.run("cluster", "brokers")).isZero();
        assertThat(millrace.run("cluster", "shards")).isZero();
        assertThat(millrace.out())
                .contains("3, 2 alive, controller led by 1")
                .contains("silent 12 s")
                .contains("1,2,3:learner")
                .contains("change: shard 2: node 3 has pulled 40 % of 3 GiB");
        assertThat(millrace.out().lines()).allMatch(it -> it.length() <= 100);
    }

    @Test
    void shouldPlanAskDoAndWait() {
        final ClusterPlan plan =
                new ClusterPlan(
                        List.of(new ClusterPlan.Step(2, "gets a replica on node 1", 3L << 20)),
                        List.of("shard 2 has two whole replicas meanwhile"));
        cluster.put(three("ACTIVE", List.of()));
        cluster.put(plan, without(3));
        assertThat(millrace.run("cluster", "remove", "3", "--plan")).isZero();
        assertThat(millrace.out())
                .isEqualTo(
                        """
                        To remove node 3:
                          shard 2: gets a replica on node 1 (about 3 MiB)
                        warning: shard 2 has two whole replicas meanwhile
                        """);
        assertThat(millrace.run("cluster", "remove", "3")).isEqualTo(1);
        assertThat(millrace.err()).contains("add --yes");
        assertThat(cluster.changes()).isEmpty();
        assertThat(millrace.run("cluster", "remove", "3", "--yes")).isZero();
        assertThat(cluster.changes()).containsExactly(new ClusterChange.RemoveNode(3));
        assertThat(millrace.out()).endsWith("done: remove node 3\n");
    }

    @Test
    void shouldSayThatItGoesOnWhenTheWaitIsOver() {
        final ClusterPlan plan =
                new ClusterPlan(List.of(new ClusterPlan.Step(null, "moves", 0)), List.of());
        cluster.put(three("ACTIVE", List.of()));
        cluster.put(plan, three("ACTIVE", List.of("shard 1 moves")));
        assertThat(millrace.run("cluster", "drain", "2", "--yes", "--timeout", "1200ms"))
                .isEqualTo(1);
        assertThat(millrace.paused()).isPositive().isLessThanOrEqualTo(Duration.ofMillis(1_200));
        assertThat(millrace.err()).contains("goes on").contains("shard 1 moves");
        assertThat(millrace.run("cluster", "drain", "2", "--yes", "--no-wait")).isZero();
        assertThat(millrace.out()).contains("decided: drain node 2");
    }

    @Test
    void shouldSendEachChangeAsItWasAsked() {
        cluster.put(new ClusterPlan(List.of(), List.of()), three("ACTIVE", List.of()));
        millrace.run("cluster", "add", "4", "--yes");
        millrace.run("cluster", "undrain", "2", "--yes");
        millrace.run("cluster", "transfer", "1", "--to", "2", "--yes");
        millrace.run("cluster", "transfer", "1", "--yes");
        millrace.run("cluster", "move", "1", "--from", "2", "--to", "3", "--yes");
        assertThat(cluster.changes())
                .containsExactly(
                        new ClusterChange.AddNode(4),
                        new ClusterChange.UndrainNode(2),
                        new ClusterChange.Transfer(1, 2),
                        new ClusterChange.Transfer(1, 0),
                        new ClusterChange.Move(1, 2, 3));
        assertThat(millrace.run("cluster", "add", "0")).isEqualTo(2);
        assertThat(millrace.run("cluster", "move", "1", "--from", "2")).isEqualTo(2);
    }

    @Test
    void shouldShowAndChangeSettings() {
        assertThat(millrace.run("cluster", "set", "-c", "pull.rate=1M", "--plan")).isZero();
        assertThat(millrace.run("cluster", "config")).isZero();
        assertThat(millrace.out()).contains("1M     cluster").contains("64M    default");
        assertThat(millrace.run("cluster", "set", "-c", "pull.rate=2M")).isZero();
        assertThat(millrace.run("cluster", "config", "-o", "json")).isZero();
        assertThat(millrace.out()).contains("\"pull.rate\": \"2M\"");
        assertThat(millrace.run("cluster", "set")).isEqualTo(2);
    }

    private static ClusterStatus three(final String state, final List<String> changes) {
        final List<BrokerStatus> brokers = new java.util.ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            brokers.add(broker(node, state, node < 3));
        }
        final List<ReplicaStatus> replicas =
                List.of(
                        replica(1, "VOTER", 0),
                        replica(2, "VOTER", 17),
                        replica(3, changes.isEmpty() ? "VOTER" : "LEARNER", 1_000_000));
        final List<ShardStatus> shards = new java.util.ArrayList<>();
        for (int i = 0; i < 3; i++) {
            shards.add(
                    new ShardStatus(
                            i,
                            i % 2 + 1,
                            3,
                            List.of(1, 2, 3),
                            "LEADER",
                            1_000_000_000_000L,
                            9,
                            5,
                            1,
                            400,
                            "",
                            replicas));
        }
        return new ClusterStatus(
                "c-1", brokers, shards, 2, 8, true, List.of(), changes, 1, Map.of());
    }

    private static ClusterStatus without(final int node) {
        final ClusterStatus all = three("ACTIVE", List.of());
        return new ClusterStatus(
                "c-1",
                all.brokers().stream().filter(it -> it.nodeId() != node).toList(),
                all.shards(),
                2,
                8,
                true,
                List.of(),
                List.of(),
                1,
                Map.of());
    }

    private static ReplicaStatus replica(final int node, final String state, final long lag) {
        return new ReplicaStatus(
                node, node, state, "FOLLOWER", lag, 9, lag, 0, 5L, lag > 20 ? "a slow disk" : "");
    }

    private static BrokerStatus broker(final int node, final String state, final boolean alive) {
        return new BrokerStatus(
                node,
                "broker-" + node + ".example:7400",
                "0.1.0",
                FakeAdmin.CREATED,
                900L << 30,
                1 << 20,
                1 << 30,
                2L << 30,
                1L << 40,
                alive ? "open" : "refused: the disk has less than 1 GiB free, which is the reserve",
                "r1",
                alive,
                state,
                alive ? 300L : 12_345L,
                8,
                24,
                0);
    }

    private static ClusterStatus status(final boolean healthy, final int... leaders) {
        final List<ShardStatus> shards = new java.util.ArrayList<>();
        for (int i = 0; i < leaders.length; i++) {
            shards.add(
                    new ShardStatus(
                            i, leaders[i], 3, List.of(1), "LEADER", 10, 9, 5, 1, 4, "", List.of()));
        }
        return new ClusterStatus(
                "c-1",
                List.of(
                        new BrokerStatus(
                                1,
                                "127.0.0.1:7400",
                                "0.1.0",
                                FakeAdmin.CREATED,
                                1 << 30,
                                1 << 20,
                                1 << 20,
                                1 << 30,
                                1 << 20,
                                "open",
                                "",
                                true,
                                "ACTIVE",
                                0L,
                                1,
                                1,
                                0)),
                shards,
                2,
                8,
                healthy,
                healthy ? List.of() : List.of("the disk of node 1 is full"),
                List.of(),
                1,
                Map.of());
    }
}
