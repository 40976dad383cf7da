package io.millrace.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that run tests do not disturb those that measure time. */
@Timeout(120)
final class RoomTest {

    private static final Duration WHILE = Duration.ofMillis(400);

    @TempDir Path directory;

    private final List<Visitor> visitors = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (Visitor visitor : visitors) {
            visitor.process().destroyForcibly().waitFor();
        }
    }

    /** A process that says when it is inside, and leaves when its input ends. */
    static final class Program {

        private Program() {}

        /**
         * @param arguments the directory, and whether to be alone
         */
        public static void main(String[] arguments) throws IOException {
            System.out.println("waits");
            Room room = Room.enter(Path.of(arguments[0]), Boolean.parseBoolean(arguments[1]));
            System.out.println("inside");
            System.in.read();
            room.close();
            System.out.println("left");
            System.in.read();
        }
    }

    private record Visitor(Process process, Path out) {

        String said() throws IOException {
            List<String> lines = Files.readAllLines(out);
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }

        void awaitSaid(String word) {
            await().atMost(Duration.ofSeconds(30)).until(() -> said().equals(word));
        }

        void leave() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            awaitSaid("left");
        }
    }

    private Visitor visitor(boolean alone) throws IOException {
        Path out = Files.createTempFile(directory, "visitor", "");
        List<String> arguments = List.of(directory.toString(), Boolean.toString(alone));
        Process process =
                new ProcessBuilder(JavaCommand.of(Program.class, List.of(), arguments))
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Visitor visitor = new Visitor(process, out);
        visitors.add(visitor);
        await().atMost(Duration.ofSeconds(30)).until(() -> !visitor.said().isEmpty());
        return visitor;
    }

    private static void assertWaits(Visitor... some) {
        for (Visitor visitor : some) {
            await().during(WHILE)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> visitor.said().equals("waits"));
        }
    }

    @Test
    void shouldLetInOneAfterTheOtherWhoWantToBeAlone() throws Exception {
        Visitor first = visitor(true);
        first.awaitSaid("inside");
        Visitor second = visitor(true);
        assertWaits(second);

        first.leave();

        second.awaitSaid("inside");
        Visitor third = visitor(true);
        assertWaits(third);
        second.process().destroyForcibly();
        third.awaitSaid("inside");
    }

    @Test
    void shouldLetInSideBySideWhoDoesNotMindButNobodyBeforeWhoWaitsToBeAlone() throws Exception {
        Visitor first = visitor(false);
        Visitor second = visitor(false);
        first.awaitSaid("inside");
        second.awaitSaid("inside");
        Visitor alone = visitor(true);
        assertWaits(alone);
        Visitor late = visitor(false);
        first.leave();
        assertWaits(alone, late);

        second.leave();

        alone.awaitSaid("inside");
        assertWaits(late);
        alone.leave();
        late.awaitSaid("inside");
    }

    /**
     * JUnit has found the extension, and all processes of this module look into one directory. The
     * kernel is asked: a process that opens a file that it has locked, and closes it, unlocks it.
     */
    @Test
    void shouldBeEnteredByTheProcessThatRunsThis() throws Exception {
        Path locks = Path.of("/proc/locks");
        Assumptions.assumeTrue(Files.exists(locks));
        Object inode = Files.getAttribute(Neighbours.DIRECTORY.resolve(Room.INSIDE), "unix:ino");
        String held = " READ +%d .*:%s 0 .*".formatted(ProcessHandle.current().pid(), inode);

        assertThat(Path.of("").toAbsolutePath()).endsWithRaw(Path.of("src", "test"));
        assertThat(Files.readAllLines(locks)).anyMatch(line -> line.matches(".*" + held));
    }

    /** Surefire hands classes out in the order of their names. */
    @Test
    void shouldHaveThoseThatAreAloneFollowEachOther() throws IOException {
        Path sources = Path.of("java").toAbsolutePath();
        List<Boolean> alone = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith("Test.java")).sorted().toList()) {
                alone.add(Files.readString(file).contains("\n@Alone\n"));
            }
        }
        assertThat(alone).contains(true);
        assertThat(alone.subList(alone.indexOf(true), alone.lastIndexOf(true) + 1))
                .doesNotContain(false);
    }
}
