package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.processes.ToolRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The clock of a JVM can be moved while nanoTime stays. */
@Timeout(value = 2, unit = MINUTES)
class WallClockTest {

    @TempDir Path directory;

    @Test
    void shouldMoveTheClockOfAJvm() throws Exception {
        WallClock clock = WallClock.make(directory.resolve("clock"));
        clock.jumpTo(Duration.ofHours(-2));
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TellTime.class.getName());
        long before = System.currentTimeMillis();
        try (ToolRun run = ToolRun.start(directory, directory, clock.environment(), command)) {
            List<String> told = run.finish(Duration.ofMinutes(1)).lines();
            long after = System.currentTimeMillis();

            long back = Duration.ofHours(2).toMillis();
            assertThat(Long.parseLong(told.get(0))).isBetween(before - back, after - back);
            assertThat(Long.parseLong(told.get(1))).isLessThan(System.nanoTime());
        }
    }

    /** Prints both clocks. */
    static final class TellTime {

        private TellTime() {}

        public static void main(String[] arguments) {
            System.out.println(System.currentTimeMillis());
            System.out.println(System.nanoTime());
        }
    }
}
