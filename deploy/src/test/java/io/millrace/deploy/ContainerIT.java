package io.millrace.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the image does, without an image: its command and its health check on the distribution. */
final class ContainerIT {
    private static final int EXIT_ON_SIGTERM = 143;

    @TempDir Path directory;

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void shouldTurnHealthyAndStopInOrder() throws Exception {
        final Tool.Outcome unpacked =
                Tool.named("tar")
                        .run(
                                "-xzf",
                                tarball().toString(),
                                "-C",
                                directory.toString(),
                                "--strip-components=1");
        assertThat(unpacked.code()).as(unpacked.text()).isZero();
        final Dockerfile image = Dockerfile.parse(DeployFiles.text("docker/Dockerfile"));
        final int port = freePort();
        assertThat(healthCheck(image, port).code()).as("before it runs").isNotZero();
        final Path log = directory.resolve("log");
        final Process broker =
                new ProcessBuilder(command(image, port)).redirectError(log.toFile()).start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(broker.getInputStream(), UTF_8))) {
            final String ready = out.readLine();
            assertThat(ready).as(Files.readString(log)).startsWith("ready ");
            final Tool.Outcome health = healthCheck(image, port);
            assertThat(health.code()).as(health.text()).isZero();
            final Tool.Outcome status =
                    millrace("cluster", "status", "--server", ready.substring("ready ".length()));
            assertThat(status.code()).as(status.text()).isZero();
            carryEveryByte(ready.substring("ready ".length()));
            // As docker stop and systemctl stop do.
            broker.destroy();
            assertThat(broker.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(broker.exitValue()).isEqualTo(EXIT_ON_SIGTERM);
        } finally {
            broker.destroyForcibly();
        }
    }

    private List<String> command(final Dockerfile image, final int httpPort) {
        final List<String> words = new ArrayList<>();
        words.add(directory.resolve("bin/millrace").toString());
        for (final String word : Dockerfile.words(image.all("CMD").get(0))) {
            words.add(word.replace("/opt/millrace", directory.toString()));
        }
        words.addAll(List.of("--port", "0", "--data-dir", directory.resolve("data").toString()));
        words.addAll(List.of("-c", "listen.http-port=" + httpPort));
        return words;
    }

    /** Through the launcher, in the locale that knows ASCII only. */
    private void carryEveryByte(final String server) throws Exception {
        final byte[] bytes = new byte[100_000];
        new Random(7_400).nextBytes(bytes);
        bytes[bytes.length - 1] = '\n';
        final Path sent = Files.write(directory.resolve("sent"), bytes);
        final Path received = directory.resolve("received");
        // In a file: the arguments of a process pass through this process's locale.
        final Path script =
                Files.writeString(
                        directory.resolve("script"),
                        """
                        set -e
                        cd "$1"
                        export LC_ALL=C MILLRACE_SERVER="$2"
                        bin/millrace topic create bytes
                        bin/millrace publish bytes --header name=g\u00fcnther < sent
                        bin/millrace subscribe bytes --from earliest --exit-at-end > received
                        bin/millrace subscribe bytes --from 0 --count 1 --format '%h'
                        """);
        final Tool.Outcome outcome =
                Tool.named("sh").run(script.toString(), directory.toString(), server);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(received).hasSameBinaryContentAs(sent);
        assertThat(outcome.text()).endsWith("name=g\u00fcnther");
    }

    private Tool.Outcome millrace(final String... words) throws Exception {
        return Tool.at(directory.resolve("bin/millrace")).run(words);
    }

    private static Tool.Outcome healthCheck(final Dockerfile image, final int port)
            throws Exception {
        final String check = image.all("HEALTHCHECK").get(0);
        final List<String> words =
                Dockerfile.words(check.substring(check.indexOf("CMD") + "CMD".length()).strip());
        assertThat(words.subList(0, 2)).containsExactly("bash", "-c");
        return Tool.named("bash").run("-c", words.get(2).replace("/7402", "/" + port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path tarball() throws IOException {
        try (var found = Files.newDirectoryStream(Path.of("target"), "*.tar.gz")) {
            return found.iterator().next();
        }
    }
}
