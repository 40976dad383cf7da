package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.CompletableFuture.runAsync;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged outlives kill -9, once and in order, whatever the broker was doing. */
@Timeout(value = 20, unit = MINUTES)
class KillTest {

    private static final String[] SMALL_WAL = {"-c", "wal.segment-bytes=16MiB"};

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    private final Random random = Seed.random("KillTest");
    private final Ledger ledger = new Ledger();

    @TempDir Path directory;

    @Test
    void shouldKeepWhatWasAcknowledgedWhenKilledWhilePublishing() throws Exception {
        try (StandaloneBroker broker = BROKERS.start(directory, SMALL_WAL);
                MillraceClient client = MillraceClient.connect(broker.address())) {
            client.admin().createTopic(new NewTopic("orders", 4));

            killWhilePublishing(broker, client, Effort.kills(), 1_000);

            assertThat(ledger.problems(Everything.in(client, "orders"))).isEmpty();
        }
    }

    /** Tiny segments and checkpoints all the time: most kills hit the middle of one. */
    @Test
    void shouldKeepWhatWasAcknowledgedWhenKilledWhileTakingCheckpoints() throws Exception {
        try (StandaloneBroker broker =
                        BROKERS.start(
                                directory,
                                "-c",
                                "wal.segment-bytes=16MiB",
                                "-c",
                                "checkpoint.bytes=1MiB",
                                "-c",
                                "checkpoint.interval-ms=1000");
                MillraceClient client = MillraceClient.connect(broker.address())) {
            Map<String, String> config = Map.of("segment.bytes", "64KiB");
            client.admin().createTopic(new NewTopic("orders", 4, 1, config));

            killWhilePublishing(broker, client, Math.max(2, Effort.kills() / 2), 1_500);

            assertThat(ledger.problems(Everything.in(client, "orders"))).isEmpty();
            assertThat(client.admin().clusterStatus().shards())
                    .anySatisfy(shard -> assertThat(shard.checkpointIndex()).isPositive());
        }
    }

    @Test
    void shouldKeepWhatWasAcknowledgedWhenKilledWhileStarting() throws Exception {
        try (StandaloneBroker broker = BROKERS.start(directory, SMALL_WAL);
                MillraceClient client = MillraceClient.connect(broker.address())) {
            client.admin().createTopic(new NewTopic("orders", 4));
            try (Load load = Load.start(client, "orders", ledger, random, 1_000)) {
                load.awaitAcknowledged(5_000);
                broker.kill();
                for (int i = 0; i < Math.max(2, Effort.kills() / 2); i++) {
                    broker.launch();
                    killWithin(broker, 2_500);
                }
                broker.start();
                load.awaitAcknowledged(100);
                load.stop();
                assertThat(load.failures()).isEmpty();
            }

            assertThat(ledger.problems(Everything.in(client, "orders"))).isEmpty();
        }
    }

    @Test
    void shouldKeepEveryLineThatTheCommandCounts() throws Exception {
        String lines = lines(100_000);
        try (StandaloneBroker broker = BROKERS.start(directory, SMALL_WAL)) {
            Cli cli = Cli.of(directory, broker);
            cli.succeed("topic", "create", "numbers");
            try (ToolRun publish = cli.start("publish", "numbers")) {
                AtomicLong written = new AtomicLong();
                Thread pump = pump(publish, lines, written);
                awaitWritten(written, 1 + random.nextInt(lines.length() / 2));
                broker.kill();
                broker.start();
                pump.join(Cli.TIMEOUT.toMillis());
                ToolRun.Result published = publish.finish(Cli.TIMEOUT);

                assertThat(published.exit()).as("%s", published).isZero();
                assertThat(published.stderr())
                        .contains("acknowledged 100000, not applied 0, unknown 0");
            }

            byte[] stored =
                    cli.succeed("subscribe", "numbers", "--from", "earliest", "--exit-at-end")
                            .stdout();

            assertThat(new String(stored, UTF_8).equals(lines))
                    .as("the lines came back once, in order")
                    .isTrue();
        }
    }

    private void killWhilePublishing(
            StandaloneBroker broker, MillraceClient client, int kills, int withinMs)
            throws Exception {
        boolean inFlight = false;
        try (Load load = Load.start(client, "orders", ledger, random, 1_000)) {
            for (int i = 0; i < kills; i++) {
                load.awaitAcknowledged(1 + random.nextInt(2_000));
                killWithin(broker, withinMs);
                inFlight |= ledger.inFlight() > 0;
                broker.start();
            }
            load.awaitAcknowledged(100);
            load.stop();
            assertThat(load.failures()).isEmpty();
        }
        assertThat(inFlight).as("a kill found records in flight").isTrue();
    }

    /** A moment that neither the broker nor the test has chosen. */
    private void killWithin(StandaloneBroker broker, int milliseconds) throws Exception {
        runAsync(() -> {}, delayedExecutor(random.nextInt(milliseconds), MILLISECONDS))
                .get(60, SECONDS);
        broker.kill();
    }

    private static String lines(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Feeds the command as a pipe does: it blocks while the command does not read. */
    private static Thread pump(ToolRun publish, String lines, AtomicLong written) {
        byte[] bytes = lines.getBytes(UTF_8);
        Thread pump =
                new Thread(
                        () -> {
                            try (OutputStream stdin = publish.stdin()) {
                                for (int at = 0; at < bytes.length; at += 4_096) {
                                    stdin.write(bytes, at, Math.min(4_096, bytes.length - at));
                                    stdin.flush();
                                    written.set(at);
                                }
                            } catch (IOException e) {
                                // The command has ended early; its exit code and stderr say why.
                            }
                        },
                        "pump");
        pump.setDaemon(true);
        pump.start();
        return pump;
    }

    private static void awaitWritten(AtomicLong written, long bytes) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> written.get() >= bytes);
    }
}
