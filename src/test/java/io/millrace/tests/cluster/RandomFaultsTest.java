package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.RecordedLoad;
import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a minority, in any order, a log stays a log. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class RandomFaultsTest {

    private static final int CRASHING_PER_SECOND = 200;
    private static final Duration CLIENT_LIFE = Duration.ofSeconds(15);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("RandomFaultsTest");

    @TempDir Path directory;

    @Test
    void shouldKeepItsPromisesUnderRandomFaults() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "random-faults", Scale.rate(), random)) {
            run.load(
                    new RecordedLoad.Plan(
                            FaultRun.PARTITIONS, CRASHING_PER_SECOND, 300, CLIENT_LIFE),
                    random);
            run.awaitAcknowledged(1_000);
            Nemesis nemesis =
                    new Nemesis(
                            cluster,
                            EnumSet.allOf(Fault.class),
                            run.markers(),
                            random,
                            System::nanoTime);
            nemesis.rage(Scale.faultTime());
            run.awaitAcknowledged(Scale.rate() * 5L);

            Verdict verdict = run.finish();

            System.err.println("faults: " + nemesis.done());
            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }
}
