package io.millrace.broker.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.metrics.BrokerMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus's own tool says of the metrics page. */
class PromtoolTest {

    @TempDir Path directory;

    @Test
    void shouldFindNothingToComplainAbout() throws Exception {
        BrokerMetrics metrics = new BrokerMetrics("1.2.3");
        metrics.publish().acknowledged("quakes", 10, 1_000, 2_000_000, false);
        metrics.raft().walForced(3, 4_096, 100_000, 400_000);

        assertThat(check(new MetricsPage(metrics.registry()).answer(null).body())).isEmpty();
    }

    @Test
    void shouldComplainAboutAMetricWithoutHelp() throws Exception {
        assertThat(check("# TYPE things counter\nthings 1\n")).contains("things");
    }

    /** What it complains about; empty if nothing. */
    private String check(String page) throws IOException, InterruptedException {
        Path input = Files.writeString(directory.resolve("page"), page);
        Path output = directory.resolve("complaints");
        Process promtool;
        try {
            promtool =
                    new ProcessBuilder("promtool", "check", "metrics")
                            .redirectInput(input.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
        } catch (IOException e) {
            System.err.println("SKIPPED: promtool is not installed (Debian package prometheus)");
            Assumptions.abort("promtool is not installed");
            throw e;
        }
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output, UTF_8);
    }
}
