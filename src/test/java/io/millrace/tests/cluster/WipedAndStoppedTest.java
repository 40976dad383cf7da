package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.tests.history.RecordedLoad;
import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.BrokerProcess;
import io.millrace.tests.processes.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who has lost its data counts for nothing until its peers have made it whole. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class WipedAndStoppedTest {

    /** Many elections long. */
    private static final Duration WATCHED = Duration.ofSeconds(15);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("WipedAndStoppedTest");

    @TempDir Path directory;

    /**
     * What two brokers acknowledged while the third was down: one of the two is wiped, the other
     * stopped. The wiped one and the third are a majority, and must not take themselves for one.
     */
    @Test
    void shouldNeverElectALeaderThatLacksAcknowledgedRecords() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "wiped-and-stopped", 1_000, random)) {
            ClusterBroker kept = cluster.broker(1);
            ClusterBroker wiped = cluster.broker(2);
            ClusterBroker behind = cluster.broker(3);
            run.awaitAcknowledged(1_000);
            run.fault();
            behind.kill();
            run.awaitAcknowledged(5_000);
            RecordedLoad load = run.load();
            wiped.kill();
            kept.kill();
            long acknowledged = load.acknowledged();
            wiped.wipe();
            wiped.launch();
            behind.launch();

            await().during(WATCHED)
                    .atMost(WATCHED.plusSeconds(5))
                    .until(() -> load.acknowledged() == acknowledged);

            kept.start();
            cluster.awaitWhole();
            run.healed();
            run.awaitAcknowledged(1_000);
            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }

    @Test
    void shouldNotFoundASecondClusterFromTwoWipedSeeds() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        for (ClusterBroker broker : cluster.brokers()) {
            broker.kill();
        }
        cluster.broker(1).wipe();
        cluster.broker(2).wipe();
        cluster.broker(1).launch();
        cluster.broker(2).launch();

        for (int node = 1; node <= 2; node++) {
            BrokerProcess waiting = cluster.broker(node).process();
            await("node " + node + " says what it waits for")
                    .atMost(ClusterBroker.START)
                    .until(() -> waiting.log().contains("does not answer"));
        }
        await().during(WATCHED)
                .atMost(WATCHED.plusSeconds(5))
                .until(
                        () ->
                                !cluster.broker(1).process().isReady()
                                        && !cluster.broker(2).process().isReady());
    }
}
