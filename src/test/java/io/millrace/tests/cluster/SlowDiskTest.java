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

/** A broker whose disk stalls gives its leaderships away, and harms nobody else. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class SlowDiskTest {

    private static final Duration STALL = Duration.ofSeconds(4);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("SlowDiskTest");

    @TempDir Path directory;

    @Test
    void shouldNotLeadOnADiskThatStalls() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "slow-disk", Scale.rate(), random)) {
            run.awaitAcknowledged(1_000);
            ClusterBroker slow = cluster.leader(1);
            run.fault();
            try (SlowForces stall =
                    SlowForces.of(slow.process().pid(), STALL, directory.resolve("strace"))) {
                assertThat(stall).isNotNull();
                cluster.await(
                        "a leader with a faster disk",
                        Duration.ofSeconds(60),
                        status ->
                                status.getShardsList().stream()
                                        .filter(shard -> shard.getShard().getShard() == 1)
                                        .allMatch(
                                                shard ->
                                                        shard.getShard().getLeaderNode() != 0
                                                                && shard.getShard().getLeaderNode()
                                                                        != slow.node()));
                run.awaitAcknowledged(Scale.rate());
            }
            // A force that hangs for too long ends the broker: then it is started again.
            if (!slow.process().isAlive()) {
                slow.start();
            }
            cluster.awaitWhole();
            run.healed();
            run.awaitAcknowledged(Scale.rate());

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }
}
