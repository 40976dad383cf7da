package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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
            wiped.start();
            cluster.awaitWhole();
            run.awaitAcknowledged(Scale.rate());

            run.fault();
            rotten.kill();
            System.err.println(Rot.inWal(rotten.dataDir(), random));
            run.awaitAcknowledged(Scale.rate());
            rotten.start();
            cluster.awaitWhole();
            run.healed();
            run.awaitAcknowledged(Scale.rate());

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }
}
