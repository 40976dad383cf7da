package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A leader that its followers do not hear is replaced; publishers find the new one. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class IsolatedLeaderTest {

    private static final int SHARD = 1;

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("IsolatedLeaderTest");

    @TempDir Path directory;

    @Test
    void shouldReplaceALeaderThatNobodyHears() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "isolated-leader", Scale.rate(), random)) {
            run.awaitAcknowledged(1_000);
            ClusterBroker isolated = cluster.leader(SHARD);
            run.fault();
            cluster.isolate(isolated.node());
            cluster.await(
                    "another leader",
                    Duration.ofSeconds(60),
                    status ->
                            status.getShardsList().stream()
                                    .map(shard -> shard.getShard())
                                    .filter(shard -> shard.getShard() == SHARD)
                                    .anyMatch(
                                            shard ->
                                                    shard.getLeaderNode() != 0
                                                            && shard.getLeaderNode()
                                                                    != isolated.node()));
            run.awaitAcknowledged(Scale.rate());
            cluster.links().heal();
            cluster.awaitWhole();
            run.healed();
            run.awaitAcknowledged(Scale.rate());

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }
}
