package io.millrace.tests.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.tests.processes.Brokers;
import io.millrace.tests.processes.Cli;
import io.millrace.tests.processes.ToolRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks measure, verify, and leave the cluster as it was. */
class BenchTest {

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    @TempDir static Path directory;

    private static Cli cli;

    @BeforeAll
    static void startBroker() throws Exception {
        cli = Cli.of(directory, BROKERS.start(directory));
    }

    @Test
    void shouldMeasurePublishingAndRemoveItsTopic() throws Exception {
        Path file = directory.resolve("report.json");
        JsonNode report =
                measure(
                        "bench publish --records 5000 --warm-up 0s -p 3 --key-count 50"
                                + " --publishers 2 --compression lz4 --report "
                                + file);

        assertThat(report.at("/published/records").asLong()).isEqualTo(5_000);
        assertThat(report.at("/publishLatency/count").asLong()).isEqualTo(5_000);
        assertThat(report.at("/publishLatency/p50").asDouble()).isPositive();
        assertThat(report.at("/verification/expected").asLong()).isEqualTo(5_000);
        assertThat(report.at("/verification/received").asLong()).isEqualTo(5_000);
        assertThat(report.at("/good").asBoolean()).isTrue();
        assertThat(new ObjectMapper().readTree(Files.readAllBytes(file))).isEqualTo(report);
        assertThat(topics()).noneMatch(line -> line.startsWith("bench-publish-"));
    }

    @Test
    void shouldMeasureTheWholeWayAtARate() throws Exception {
        JsonNode report =
                measure(
                        "bench end-to-end --rate 1000 --duration 2s --warm-up 1s -p 2"
                                + " --subscribers 2");

        assertThat(report.at("/endToEndLatency/count").asLong()).isEqualTo(2_000);
        assertThat(report.at("/scheduleDelay/count").asLong()).isEqualTo(2_000);
        assertThat(report.at("/verification/expected").asLong())
                .as("those of the warm-up are verified too")
                .isEqualTo(3_000);
        assertThat(report.at("/endToEndLatency/p50").asDouble()).isPositive();
    }

    @Test
    void shouldMeasureReadingOfATopicFilledForIt() throws Exception {
        JsonNode report = measure("bench subscribe --records 5000 --warm-up 0s -p 2");

        assertThat(report.at("/received/records").asLong()).isEqualTo(5_000);
        assertThat(report.at("/verification/expected").asLong()).isEqualTo(5_000);
    }

    @Test
    void shouldLeaveATopicThatWasThereAlone() throws Exception {
        cli.succeed("topic", "create", "mine", "-p", "2");
        measure("bench publish --topic mine --records 1000 --warm-up 0s");
        measure("bench publish --topic mine --records 1000 --warm-up 0s --seed 2");
        JsonNode report = measure("bench subscribe --topic mine --warm-up 0s");

        assertThat(report.at("/received/records").asLong()).isEqualTo(2_000);
        assertThat(report.at("/verification/corrupt").asLong()).isZero();
        assertThat(topics()).anyMatch(line -> line.startsWith("mine "));
    }

    @Test
    void shouldRefuseWhatCannotWork() throws Exception {
        assertRefused("bench publish --record-size 8", "--record-size is 8; it must be 36 to");
        assertRefused("bench publish --record-size 2MiB", "the topic takes batches of 1048576");
        assertRefused("bench publish --topic nowhere", "nowhere");
        assertRefused("bench end-to-end --subscribers 2", "has partitions for 1");
        assertRefused("bench publish --report /nowhere/report.json", "cannot write --report");
        assertThat(topics()).noneMatch(line -> line.startsWith("bench-publish-"));
    }

    private static void assertRefused(String line, String sentence) throws Exception {
        assertThat(cli.refuse(line.split(" "))).contains(sentence);
    }

    private static JsonNode measure(String line) throws Exception {
        ToolRun.Result run = cli.succeed((line + " --output json").split(" "));
        return new ObjectMapper().readTree(run.stdout());
    }

    private static List<String> topics() throws Exception {
        return cli.succeed("topic", "list").lines();
    }
}
