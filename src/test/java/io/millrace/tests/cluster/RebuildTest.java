package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.ReplicaStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A broker that has lost its data gets them back from its peers, while publishing goes on. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class RebuildTest {

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("RebuildTest");

    @TempDir Path directory;

    /** One data directory is deleted; once it is whole again, another's log rots. */
    @Test
    void shouldRebuildAWipedAndThenARottenBroker() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        List<ClusterBroker> brokers = cluster.brokers();
        int first = random.nextInt(brokers.size());
        ClusterBroker wiped = brokers.get(first);
        ClusterBroker rotten = brokers.get((first + 1) % brokers.size());
        try (FaultRun run = FaultRun.begin(cluster, "rebuild", Scale.rate(), random)) {
            // More than a log is kept for, so that entries alone do not bring it back.
            run.awaitAcknowledged(Scale.rate() * 10L);
            run.fault();
            wiped.kill();
            wiped.wipe();
            run.awaitAcknowledged(Scale.rate());
            Set<Long> before = replicasOf(wiped, cluster.awaitLeaders());
            wiped.start();
            assertThat(replicasOf(wiped, cluster.awaitWhole()))
                    .as("new replicas in place of all of the wiped broker")
                    .doesNotContainAnyElementsOf(before);
            run.awaitAcknowledged(Scale.rate());

            run.fault();
            rotten.kill();
            System.err.println(Rot.inWal(rotten.dataDir(), random));
            run.awaitAcknowledged(Scale.rate());
            before = replicasOf(rotten, cluster.awaitLeaders());
            rotten.start();
            assertThat(replicasOf(rotten, cluster.awaitWhole()))
                    .as("new replicas in place of those whose log has rotted")
                    .isNotEqualTo(before);
            run.healed();
            run.awaitAcknowledged(Scale.rate());

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }

    private static Set<Long> replicasOf(ClusterBroker broker, ClusterStatus status) {
        return status.getShardsList().stream()
                .flatMap(shard -> shard.getReplicasList().stream())
                .filter(replica -> replica.getNodeId() == broker.node())
                .map(ReplicaStatus::getReplicaId)
                .collect(Collectors.toSet());
    }
}
