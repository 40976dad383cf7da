package io.millrace.tests.processes;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A broker that cannot start says why in a sentence, and does no harm to one that runs. */
@Timeout(value = 5, unit = MINUTES)
class RefusedStartTest {

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    @TempDir static Path directory;
    private static StandaloneBroker running;

    @BeforeAll
    static void start() throws Exception {
        running = BROKERS.start(directory, "-c", "wal.segment-bytes=16MiB");
    }

    @Test
    void shouldRefuseAPortInUse() throws Exception {
        String said =
                refusal(
                        "--data-dir",
                        directory.resolve("other").toString(),
                        "--port",
                        "0",
                        "-c",
                        "listen.client-port=" + running.port());

        assertThat(said).contains(Integer.toString(running.port()), "port");
    }

    @Test
    void shouldRefuseADataDirectoryInUse() throws Exception {
        String said = refusal("--data-dir", running.dataDir().toString(), "--port", "0");

        assertThat(said).contains(running.dataDir().toString(), "in use", "" + running.pid());
        try (MillraceClient client = MillraceClient.connect(running.address())) {
            client.admin().createTopic(new NewTopic("still-serves", 1));
        }
        assertThat(running.isAlive()).isTrue();
    }

    @Test
    void shouldRefuseTheDataDirectoryOfAnotherNode() throws Exception {
        try (StandaloneBroker first = BROKERS.start(directory.resolve("node"))) {
            assertThat(first.stop()).isTrue();

            String said =
                    refusal(
                            "--data-dir",
                            first.dataDir().toString(),
                            "--port",
                            "0",
                            "-c",
                            "node-id=2");

            assertThat(said).contains(first.dataDir().toString(), "node 1", "node-id");
        }
    }

    @Test
    void shouldRefuseADirectoryOfSomethingElse() throws Exception {
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("letters.txt"), "dear aunt");

        assertThat(refusal("--data-dir", foreign.toString(), "--port", "0"))
                .contains(foreign.toString(), "letters.txt", "empty");
        assertThat(foreign).isDirectoryContaining("glob:**letters.txt");
        assertThat(refusal("--data-dir", foreign.resolve("letters.txt").toString(), "--port", "0"))
                .contains("letters.txt", "no directory");
    }

    @Test
    void shouldRefuseADirectoryThatItMayNotWrite() throws Exception {
        if ("root".equals(System.getProperty("user.name"))) {
            String why = "root may write everywhere";
            System.err.println("SKIPPED: a data directory without rights: " + why);
            Assumptions.abort(why);
        }
        Path closed = Files.createDirectories(directory.resolve("closed"));
        assertThat(closed.toFile().setWritable(false)).isTrue();

        assertThat(refusal("--data-dir", closed.toString(), "--port", "0"))
                .contains(closed.toString(), "cannot be written", System.getProperty("user.name"));
    }

    @Test
    void shouldRefuseAConfigurationThatIsNone() throws Exception {
        Path broken = directory.resolve("broken.yaml");
        Files.writeString(broken, "wal: [unclosed\n");
        assertThat(refusal("--config", broken.toString())).contains("broken.yaml", "line");

        Path misspelt = directory.resolve("misspelt.yaml");
        Files.writeString(misspelt, "wal:\n  segment-byte: 16MiB\n");
        assertThat(refusal("--config", misspelt.toString()))
                .contains("misspelt.yaml, line 2", "wal.segment-byte", "wal.segment-bytes");
        assertThat(refusal("-c", "client.port=7400")).contains("client.port", "listen.client-port");
        assertThat(refusal("-c", "wal.segment-bytes=1KiB")).contains("1KiB", "16MiB", "1GiB");
        assertThat(refusal("--config", directory.resolve("nowhere.yaml").toString()))
                .contains("nowhere.yaml");
    }

    private static String refusal(String... arguments) throws Exception {
        String[] verb = new String[arguments.length + 1];
        verb[0] = "standalone";
        System.arraycopy(arguments, 0, verb, 1, arguments.length);
        return new Cli(directory, running.address()).refuse(verb);
    }
}
