package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Leases and elections go by the monotonic clock: what the wall clock says moves nothing. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class ClockJumpTest {

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("ClockJumpTest");

    @TempDir Path directory;

    @Test
    void shouldGoOnWhenClocksJumpByHours() throws Exception {
        TestCluster cluster = clusters.prepare(directory, 3, TestCluster.small());
        List<WallClock> clocks = new ArrayList<>();
        for (ClusterBroker broker : cluster.brokers()) {
            WallClock clock = WallClock.make(directory.resolve("clock-" + broker.node()));
            clock.environment().forEach(broker::environment);
            clocks.add(clock);
        }
        cluster.startAll();
        cluster.awaitWhole();
        try (FaultRun run = FaultRun.begin(cluster, "clock-jump", Scale.rate(), random)) {
            run.awaitAcknowledged(1_000);
            for (int hours : List.of(3, -6, 9)) {
                for (WallClock clock : clocks) {
                    run.fault();
                    clock.jumpTo(Duration.ofHours(hours));
                    run.awaitAcknowledged(Scale.rate());
                }
            }
            cluster.awaitWhole();
            run.healed();

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }
}
