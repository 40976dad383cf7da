package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ClusterStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Brokers come and go under load, and nothing is lost. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class JoinAndLeaveTest {

    private static final int OLD = 1;
    private static final int NEW = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("JoinAndLeaveTest");

    @TempDir Path directory;

    @Test
    void shouldLoseNothingWhenOneJoinsAndAnotherLeaves() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "join-and-leave", Scale.rate(), random)) {
            run.awaitAcknowledged(Scale.rate() * 3L);
            run.fault();
            ClusterBroker joining = cluster.add(NEW);
            joining.start();
            ClusterControl.change(
                    joining.address(), ChangeClusterRequest.newBuilder().setAddNode(NEW).build());
            cluster.await(
                    "replicas on the new broker",
                    PATIENCE,
                    status -> replicas(status, NEW) > 0 && status.getChangesCount() == 0);
            run.awaitAcknowledged(Scale.rate());

            run.fault();
            ClusterControl.change(
                    joining.address(),
                    ChangeClusterRequest.newBuilder().setRemoveNode(OLD).build());
            cluster.await(
                    "nothing on the old broker",
                    PATIENCE,
                    status -> replicas(status, OLD) == 0 && !knows(status, OLD));
            cluster.forget(OLD);
            cluster.awaitWhole(PATIENCE);
            run.healed();
            run.awaitAcknowledged(Scale.rate());

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }

    private static long replicas(ClusterStatus status, int node) {
        return status.getShardsList().stream()
                .flatMap(shard -> shard.getReplicasList().stream())
                .filter(replica -> replica.getNodeId() == node)
                .count();
    }

    private static boolean knows(ClusterStatus status, int node) {
        return status.getBrokersList().stream()
                .anyMatch(broker -> broker.getBroker().getNodeId() == node);
    }
}
