package io.millrace.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The processes that tests start really take their classes from the archive. */
@Timeout(180)
final class ClassArchiveTest {

    private static final String ARCHIVED = " source: shared objects file (top)";

    @TempDir Path directory;

    /** Runs a command, and tells which classes it loaded from where. */
    private List<String> loaded(List<String> command) throws Exception {
        boolean used = command.stream().anyMatch(word -> word.startsWith("-XX:SharedArchiveFile="));
        if (!used) {
            String why = "the modules are not packed; 'mvn verify' packs them";
            System.err.println("SKIPPED: the archive of classes was not tested: " + why);
            Assumptions.abort(why);
        }
        Path log = directory.resolve("classes.log");
        List<String> watched = new ArrayList<>(command);
        watched.add(watched.indexOf("-cp"), "-Xlog:class+load=info:file=" + log);
        try (ToolRun run = ToolRun.start(directory, directory, Map.of(), watched)) {
            ToolRun.Result result = run.finish(Duration.ofSeconds(60));
            assertThat(result.exit()).as("%s", result).isZero();
        }
        return Files.readAllLines(log);
    }

    @Test
    void shouldGiveTheCommandItsClasses() throws Exception {
        List<String> loaded = loaded(JavaCommand.millrace("--version"));

        assertThat(loaded).anyMatch(line -> line.contains(Main.class.getName() + ARCHIVED));
        assertThat(loaded.stream().filter(line -> line.contains(ARCHIVED)).count())
                .isGreaterThan(100);
    }

    /** Its own classes are on the class path, too, behind those of the archive. */
    @Test
    void shouldGiveAProgramOfTheTestsTheClassesOfTheProduct() throws Exception {
        List<String> loaded = loaded(JavaCommand.of(Program.class, List.of(), List.of()));

        assertThat(loaded).anyMatch(line -> line.contains(Main.class.getName() + ARCHIVED));
    }

    /** Needs a class of the product. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) {
            Main.main(new String[] {"--version"});
        }
    }
}
