package io.millrace.tests.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.processes.JavaCommand;
import io.millrace.tests.processes.StandaloneBroker;
import io.millrace.tests.processes.ToolRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {

    @TempDir Path directory;

    @Test
    void shouldStopInOrderWithoutEverHavingStoredAnything() throws Exception {
        try (StandaloneBroker broker = StandaloneBroker.start(directory)) {
            assertThat(broker.stop()).as("stops within the time limit").isTrue();

            assertThat(broker.log()).contains("Broker: stopped").doesNotContain("Exception");
        }
    }

    @Test
    void shouldStopInOrderAndComeBackWithItsTopics() throws Exception {
        try (StandaloneBroker broker = StandaloneBroker.start(directory)) {
            assertThat(millrace(broker, "topic", "create", "kept", "-p", "3").exit()).isZero();
            assertThat(broker.stop()).isTrue();
            broker.start();

            ToolRun.Result topics = millrace(broker, "topic", "list");

            assertThat(topics.exit()).as("%s", topics).isZero();
            assertThat(topics.lines()).anyMatch(line -> line.contains("kept"));
            assertThat(broker.log()).doesNotContain("Exception");
        }
    }

    private ToolRun.Result millrace(StandaloneBroker broker, String... arguments) throws Exception {
        try (ToolRun run =
                ToolRun.start(
                        directory,
                        directory,
                        Map.of("MILLRACE_SERVER", broker.address()),
                        JavaCommand.millrace(arguments))) {
            return run.finish(new byte[0], Duration.ofSeconds(60));
        }
    }
}
