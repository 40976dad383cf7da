package io.millrace.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandFixture;
import io.millrace.cli.FakeAdmin;
import io.millrace.client.admin.BrokerStatus;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.ShardStatus;
import java.util.List;
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

    private static ClusterStatus status(final boolean healthy, final int... leaders) {
        final List<ShardStatus> shards = new java.util.ArrayList<>();
        for (int i = 0; i < leaders.length; i++) {
            shards.add(new ShardStatus(i, leaders[i], 3, List.of(1), "LEADER", 10, 9, 5, 1, 4, ""));
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
                                "open")),
                shards,
                2,
                8,
                healthy,
                healthy ? List.of() : List.of("the disk of node 1 is full"));
    }
}
