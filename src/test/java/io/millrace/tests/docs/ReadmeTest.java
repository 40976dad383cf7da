package io.millrace.tests.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** README.md is true: its tour works when typed word for word, and its snippet compiles. */
class ReadmeTest {

    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path README = PROJECT.resolve("README.md");
    private static final Path SNIPPET =
            PROJECT.resolve(
                    "client-sdk/src/test/java/io/millrace/client/examples/TourExample.java");
    private static final int MAX_LINES = 150;

    @TempDir Path directory;

    @Test
    void shouldBeReadInOneGo() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(MAX_LINES);
    }

    @Test
    void shouldShowJavaThatCompiles() throws IOException {
        Matcher snippet =
                Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(README));

        assertThat(snippet.find()).isTrue();
        assertThat(withoutSpaces(Files.readString(SNIPPET)))
                .contains(withoutSpaces(snippet.group(1)));
    }

    @Test
    void shouldCompareAllButWhatDiffersFromRunToRun() {
        assertThat(
                        Tour.comparable(
                                List.of(
                                        "waiting up to 30 s for an answer of 127.0.0.1:7400 ...",
                                        "created     2026-11-22T18:48:18.702Z",
                                        "bytes       17269",
                                        "        0      1  1           0    3   8651         1",
                                        "partition 1, offset 0: a",
                                        "partition 0, offset 0: b")))
                .containsExactly(
                        "created <time>",
                        "bytes <bytes>",
                        "0 1 1 0 3 <bytes> 1",
                        "partition 0, offset 0: b",
                        "partition 1, offset 0: a");
    }

    @Test
    void shouldCompareStatusButForWhatMoves() {
        assertThat(
                        Tour.comparable(
                                List.of(
                                        "brokers     3, 3 alive, controller led by 2",
                                        "   1  127.0.0.1:7400  ACTIVE  3  7  0  64  73303  takes writes",
                                        "   2  127.0.0.1:7410  silent 12 s  3  7  0  64  1  takes writes",
                                        "0 (controller)  1       1,2,3              0         60    0        0",
                                        "1               2       1,2,3              1          7    0        0  it has failed")))
                .containsExactly(
                        "brokers 3, 3 alive, controller led by <node>",
                        "1 127.0.0.1:7400 ACTIVE <numbers> takes writes",
                        "2 127.0.0.1:7410 silent 12 s 3 7 0 64 1 takes writes",
                        "0 (controller) <numbers>",
                        "1 2 1,2,3 1 7 0 0 it has failed");
    }

    @Test
    void shouldReadASectionAlone() {
        Tour tour =
                Tour.of(
                        List.of(
                                "## One",
                                "```console",
                                "$ one",
                                "```",
                                "## Two",
                                "```console",
                                "$ two",
                                "## 2",
                                "```"),
                        "Two");

        assertThat(tour.steps()).containsExactly(new Tour.Step("two", List.of("## 2")));
    }

    @Test
    @Timeout(240)
    void shouldGiveATourThatWorksWordForWord() throws Exception {
        take("A tour in 60 seconds", 9, 7400, 7401, 7402);
    }

    @Test
    @Timeout(240)
    void shouldFormAClusterWordForWord() throws Exception {
        take("A cluster of three", 9, 7400, 7401, 7402, 7410, 7411, 7412, 7420, 7421, 7422);
    }

    private void take(String section, int steps, int... ports) throws Exception {
        Tour tour = Tour.of(Files.readAllLines(README), section);
        assertThat(tour.steps()).hasSizeGreaterThanOrEqualTo(steps);
        skipIfTaken(ports);
        unpack(freshTarball());

        try (Terminal terminal = new Terminal(directory)) {
            for (Tour.Step step : tour.steps()) {
                if (step.runsOn() && !step.serves()) {
                    terminal.startWithoutWaiting(step.command());
                } else if (step.runsOn()) {
                    assertThat(terminal.start(step.command()))
                            .as(step.command())
                            .isEqualTo(String.join("\n", step.output()));
                } else {
                    Terminal.Result result = terminal.run(step.command());
                    assertThat(result.exit()).as("%s: %s", step.command(), result).isZero();
                    assertThat(Tour.comparable(result.output()))
                            .as(step.command())
                            .isEqualTo(Tour.comparable(step.output()));
                }
            }
        }
    }

    private static String withoutSpaces(String text) {
        return text.replaceAll("\\s+", "");
    }

    /** The tour uses the ports that a broker takes when it is told nothing. */
    private static void skipIfTaken(int... ports) {
        for (int port : ports) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                skip("port " + port + " is taken");
            }
        }
    }

    /** The distribution that the build has made before this module. */
    private static Path freshTarball() throws IOException {
        Path target = PROJECT.resolve("deploy/target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                for (Path file : files.filter(it -> it.toString().endsWith(".tar.gz")).toList()) {
                    if (!isOlderThanTheSources(file)) {
                        return file;
                    }
                }
            }
        }
        return skip("deploy/target has no distribution of these sources; mvn -B verify makes one");
    }

    private static boolean isOlderThanTheSources(Path tarball) throws IOException {
        long made = Files.getLastModifiedTime(tarball).toMillis();
        for (String module :
                List.of("protocol", "raft", "client-sdk", "cli", "broker", "perf", "deploy")) {
            Path sources = PROJECT.resolve(module).resolve("src");
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        files.filter(Files::isRegularFile)
                                .filter(it -> !it.startsWith(sources.resolve("test")))
                                .toList()) {
                    if (Files.getLastModifiedTime(file).toMillis() > made) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private void unpack(Path tarball) throws Exception {
        Process tar =
                new ProcessBuilder(
                                "tar",
                                "-xzf",
                                tarball.toString(),
                                "-C",
                                directory.toString(),
                                "--strip-components=1")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(tar.getInputStream().readAllBytes(), UTF_8);
        assertThat(tar.waitFor()).as(said).isZero();
    }

    private static <T> T skip(String why) {
        System.err.println("SKIPPED: the tour of README.md was not run, because " + why);
        return Assumptions.abort(why);
    }
}
