package io.millrace.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.compare.cluster.Children;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForceCounterTest {
    private static final String COUNTS =
            """
            # started on Mon Nov 23 10:04:04 2026

            15,,syscalls:sys_enter_fsync,1379243287,100.00,,
            18,,syscalls:sys_enter_fdatasync,1379243287,100.00,,
            2,,syscalls:sys_enter_msync,1360876129,100.00,,
            0,,syscalls:sys_enter_sync_file_range,1345346301,100.00,,
            """;

    @TempDir Path directory;

    @Test
    void shouldAddUpAllCalls() {
        assertThat(ForceCounter.parse(COUNTS)).hasValue(35);
    }

    @Test
    void shouldNotTakeForNoneWhatWasNotCounted() {
        assertThat(ForceCounter.parse("")).isEmpty();
        assertThat(ForceCounter.parse(COUNTS.replace("18,,", "<not counted>,,"))).isEmpty();
        assertThat(ForceCounter.parse(COUNTS.replace("2,,", "<not supported>,,"))).isEmpty();
        assertThat(ForceCounter.parse(COUNTS.lines().limit(5).reduce("", (a, b) -> a + b + "\n")))
                .isEmpty();
    }

    @Test
    void shouldCountOrTellWhyNot() throws IOException, InterruptedException {
        try (Children children = new Children(directory.resolve("register"), System::nanoTime);
                ForceCounter counter =
                        ForceCounter.of(
                                children,
                                List.of(ProcessHandle.current().pid()),
                                directory.resolve("01"))) {
            counter.begin();
            Forces forces = counter.end(100);

            // perf may be missing, or forbidden: then it is told, and there is no number.
            assertThat(forces.calls() == null).isEqualTo(forces.uncounted() != null);
            assertThat(forces.records()).isEqualTo(forces.calls() == null ? 0 : 100);
        }
    }
}
