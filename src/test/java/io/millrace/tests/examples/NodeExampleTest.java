package io.millrace.tests.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.processes.JavaCommand;
import io.millrace.tests.processes.StandaloneBroker;
import io.millrace.tests.processes.ToolRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Node.js example against a real broker: any language can, with the public files only. */
class NodeExampleTest {

    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    /** What npm says when it cannot reach a registry, which is no fault of ours. */
    private static final List<String> OFFLINE =
            List.of(
                    "ENOTFOUND",
                    "ECONNREFUSED",
                    "ETIMEDOUT",
                    "EAI_AGAIN",
                    "ENOTCACHED",
                    "ECONNRESET");

    @TempDir static Path example;
    @TempDir Path directory;

    @BeforeAll
    static void install() throws Exception {
        skipUnlessInstalled("node");
        skipUnlessInstalled("npm");
        copyExample();
        ToolRun.Result installed = run(example, "npm", "ci", "--no-audit", "--no-fund");
        if (installed.exit() != 0 && OFFLINE.stream().anyMatch(installed.stderr()::contains)) {
            skip("npm cannot reach its registry");
        }
        assertThat(installed.exit()).as("npm ci: %s", installed).isZero();
    }

    @Test
    void shouldPassItsOwnTests() throws Exception {
        ToolRun.Result tests = run(directory, "npm", "test");

        assertThat(tests.exit()).as("%s%s", new String(tests.stdout(), UTF_8), tests).isZero();
    }

    @Test
    void shouldUnderstandTheCommandAndBeUnderstood() throws Exception {
        try (StandaloneBroker broker = StandaloneBroker.start(directory)) {
            succeed(millrace(broker, new byte[0], "topic", "create", "lines", "-p", "1"));
            byte[] ours = text("from the command", 1_000);
            byte[] theirs = text("from Node.js", 1_000);

            succeed(millrace(broker, ours, "publish", "lines"));
            assertThat(succeed(follow(broker)).stdout()).isEqualTo(ours);

            succeed(node(broker, theirs, "publish", "lines"));
            ToolRun.Result all =
                    succeed(
                            millrace(
                                    broker,
                                    new byte[0],
                                    "subscribe",
                                    "lines",
                                    "--from",
                                    "1000",
                                    "--exit-at-end"));
            assertThat(all.stdout()).isEqualTo(theirs);
        }
    }

    @Test
    void shouldLoseAndDoubleNothingWhenTheBrokerIsKilled() throws Exception {
        List<String> lines = IntStream.range(0, 60_000).mapToObj(i -> "line " + i).toList();
        try (StandaloneBroker broker = StandaloneBroker.start(directory)) {
            succeed(millrace(broker, new byte[0], "topic", "create", "lines", "-p", "1"));
            try (ToolRun publish = startNode(broker, "publish", "lines")) {
                write(publish, lines.subList(0, 30_000));
                broker.kill();
                broker.start();
                write(publish, lines.subList(30_000, lines.size()));
                publish.stdin().close();
                ToolRun.Result published = succeed(publish.finish(TIMEOUT));
                assertThat(published.stderr()).contains("acknowledged 60000");
            }

            assertThat(succeed(follow(broker)).lines()).isEqualTo(lines);
        }
    }

    @Test
    void shouldSayWhatIsWrongAndWhatToDo() throws Exception {
        try (StandaloneBroker broker = StandaloneBroker.start(directory)) {
            ToolRun.Result refused = node(broker, text("x", 1), "publish", "nowhere");

            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.stderr())
                    .contains("no topic is called nowhere")
                    .contains("millrace topic create nowhere");
        }
    }

    private static byte[] text(String what, int lines) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, lines)
                .forEach(i -> text.append(what).append(' ').append(i).append('\n'));
        return text.toString().getBytes(UTF_8);
    }

    private static void write(ToolRun run, List<String> lines) throws IOException {
        OutputStream stdin = run.stdin();
        stdin.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
        stdin.flush();
    }

    private ToolRun.Result follow(StandaloneBroker broker) throws Exception {
        return node(broker, new byte[0], "follow", "lines", "--from", "earliest", "--exit-at-end");
    }

    private ToolRun.Result node(StandaloneBroker broker, byte[] input, String... arguments)
            throws Exception {
        try (ToolRun run = startNode(broker, arguments)) {
            return run.finish(input, TIMEOUT);
        }
    }

    private ToolRun startNode(StandaloneBroker broker, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("node", "main.js"));
        command.addAll(List.of(arguments));
        return ToolRun.start(directory, example, environment(broker.address()), command);
    }

    private ToolRun.Result millrace(StandaloneBroker broker, byte[] input, String... arguments)
            throws Exception {
        try (ToolRun run =
                ToolRun.start(
                        directory,
                        directory,
                        environment(broker.address()),
                        JavaCommand.millrace(arguments))) {
            return run.finish(input, TIMEOUT);
        }
    }

    private static ToolRun.Result succeed(ToolRun.Result result) {
        assertThat(result.exit()).as("%s", result).isZero();
        return result;
    }

    private static ToolRun.Result run(Path scratch, String... command) throws Exception {
        try (ToolRun run =
                ToolRun.start(scratch, example, environment("127.0.0.1:1"), List.of(command))) {
            return run.finish(new byte[0], TIMEOUT);
        }
    }

    private static Map<String, String> environment(String server) {
        return Map.of(
                "MILLRACE_SERVER",
                server,
                "MILLRACE_PROTOS",
                PROJECT.resolve("protocol/src/main/proto").toString());
    }

    private static void skipUnlessInstalled(String tool) throws InterruptedException {
        try {
            new ProcessBuilder(tool, "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            skip(tool + " is not installed");
        }
    }

    private static void skip(String why) {
        System.err.println("SKIPPED: the Node.js example was not run, because " + why);
        Assumptions.abort(why);
    }

    /** Without node_modules of the checkout, so that what the lock file names is what runs. */
    private static void copyExample() throws IOException {
        Path source = PROJECT.resolve("examples/node");
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = source.relativize(file);
                if (!relative.startsWith("node_modules")) {
                    Path target = example.resolve(relative.toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
    }
}
