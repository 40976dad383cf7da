package io.millrace.tests.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.processes.Cli;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command that lets a broker go on when the other two are gone for good. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class RecoverTest {

    private static final int LEFT = 1;
    private static final int RECORDS = 2_000;

    @RegisterExtension final Clusters clusters = new Clusters();

    @TempDir Path directory;

    private TestCluster cluster;
    private Cli cli;

    @Test
    void shouldGoOnWithWhatIsLeftAndTakeTheOthersBackEmpty() throws Exception {
        cluster = clusters.start(directory, 3, TestCluster.small());
        cli = new Cli(directory, cluster.servers());
        cli.succeed("topic", "create", "orders", "-p", "6", "-r", "3");
        publish(0, RECORDS);
        // What two of three acknowledge while the third is down is on both.
        cluster.broker(3).kill();
        publish(RECORDS, 2 * RECORDS);

        refused("--unsafe");
        cluster.broker(2).kill();
        cluster.broker(LEFT).kill();
        cluster.broker(2).wipe();
        cluster.broker(3).wipe();
        assertThat(cli.refuse(recover("--yes"))).contains("add --unsafe");
        assertThat(text(cli.succeed(recover("--unsafe", "--plan")).stdout()))
                .contains("goes on alone")
                .contains("What may be lost");
        cli.succeed(recover("--unsafe", "--yes"));

        cluster.broker(LEFT).start();
        cluster.awaitLeaders();
        assertThat(values()).containsExactlyInAnyOrderElementsOf(written(0, 2 * RECORDS));
        publish(2 * RECORDS, 3 * RECORDS);

        cluster.broker(2).start();
        cluster.broker(3).start();
        cluster.awaitWhole();
        publish(3 * RECORDS, 4 * RECORDS);
        cluster.broker(LEFT).kill();
        cluster.awaitLeaders();
        assertThat(values()).containsExactlyInAnyOrderElementsOf(written(0, 4 * RECORDS));
    }

    /** While the broker runs, its directory is its own. */
    private void refused(String option) throws IOException, InterruptedException {
        assertThat(cli.refuse(recover(option, "--yes"))).contains("data");
        assertThat(cluster.broker(LEFT).process().isAlive()).isTrue();
    }

    private String[] recover(String... options) {
        String place = cluster.broker(LEFT).dataDir().toString();
        Stream<String> words =
                Stream.of("cluster", "recover", "--data-dir", place, "--lost", "2,3");
        return Stream.concat(words, Stream.of(options)).toArray(String[]::new);
    }

    private void publish(int from, int to) throws IOException, InterruptedException {
        byte[] lines = (String.join("\n", written(from, to)) + "\n").getBytes(UTF_8);
        assertThat(cli.feed(lines, "publish", "orders").exit()).isZero();
    }

    private List<String> values() throws IOException, InterruptedException {
        byte[] lines =
                cli.succeed("subscribe", "orders", "--from", "earliest", "--exit-at-end").stdout();
        return text(lines).lines().toList();
    }

    private static List<String> written(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "order " + i).toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
