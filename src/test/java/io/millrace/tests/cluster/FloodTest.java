package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.tests.processes.Cli;
import io.millrace.tests.processes.ToolRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * As much as goes through, into brokers with heaps of 256 MiB and write-ahead logs of 256 MiB: each
 * of their bounds is met, again and again.
 */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class FloodTest {

    @RegisterExtension final Clusters clusters = new Clusters();

    @TempDir Path directory;

    @Test
    void shouldTakeAFloodWithLittleMemory() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        List<Long> started = pids(cluster);
        Cli cli = new Cli(directory, cluster.servers());

        ToolRun.Result result;
        try (ToolRun bench =
                cli.start(
                        ("bench publish -p 12 -r 3 --publishers 4 --warm-up 0s --duration 150s"
                                        + " --batch-bytes 65536 --output json")
                                .split(" "))) {
            result = bench.finish(Duration.ofMinutes(12));
        }

        assertThat(result.exit()).as("%s", result).isZero();
        JsonNode report = new ObjectMapper().readTree(result.stdout());
        assertThat(report.at("/good").asBoolean()).as("%s", report).isTrue();
        assertThat(report.at("/verification/received").asLong())
                .isGreaterThan(500_000)
                .isEqualTo(report.at("/verification/expected").asLong());
        assertThat(pids(cluster)).as("the brokers are the same").isEqualTo(started);
        assertThat(cluster.brokers()).allMatch(ClusterBroker::isRunning);
        cluster.awaitWhole();
    }

    private static List<Long> pids(TestCluster cluster) {
        return cluster.brokers().stream().map(broker -> broker.process().pid()).toList();
    }
}
