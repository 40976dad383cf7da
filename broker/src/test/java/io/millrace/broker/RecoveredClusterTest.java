package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.recovery.RecoveryPlan;
import io.millrace.broker.recovery.ShardFate;
import io.millrace.broker.recovery.ShardFate.Verdict;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Two of three brokers are gone for good, and the third one goes on. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
final class RecoveredClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir private Path directory;
    private ThreeBrokers brokers;

    @BeforeEach
    void start() throws IOException {
        brokers = ThreeBrokers.start(directory);
    }

    @AfterEach
    void stop() {
        if (brokers != null) {
            brokers.close();
        }
    }

    @Test
    void shouldGoOnWithOneBrokerAndTakeTheOthersBackWithEmptyDirectories() throws Exception {
        try (MillraceClient client = brokers.client(1)) {
            awaitWhole(client);
            client.admin().createTopic(new NewTopic("orders", 3));
            publish(client, 0, 60);
        }
        // What was acknowledged while two were down is on the one that stays, for sure.
        brokers.stop(3);
        try (MillraceClient client = brokers.client(1)) {
            publish(client, 60, 120);
        }
        brokers.stop(2);
        brokers.stop(1);

        try (BrokerRecovery recovery = BrokerRecovery.open(brokers.config(1))) {
            RecoveryPlan plan = recovery.plan(Set.of(2, 3), Set.of());
            assertThat(plan.shards())
                    .as(recovery.text(plan))
                    .hasSize(4)
                    .extracting(ShardFate::verdict)
                    .containsOnly(Verdict.GOES_ON_HERE);
            recovery.carryOut(plan, Clock.systemUTC());
        }
        try (BrokerRecovery recovery = BrokerRecovery.open(brokers.config(1))) {
            assertThat(recovery.plan(Set.of(2, 3), Set.of()).here()).as("done").isEmpty();
        }
        brokers.start(1);

        try (MillraceClient client = brokers.client(1)) {
            assertThat(read(client, 120)).doesNotHaveDuplicates();
            publish(client, 120, 150);
            client.admin().createTopic(new NewTopic("more", 1, 1, Map.of()));
        }

        delete(brokers.dataDirectory(2));
        delete(brokers.dataDirectory(3));
        brokers.start(2);
        brokers.start(3);
        try (MillraceClient client = brokers.client(2)) {
            awaitWhole(client);
            assertThat(read(client, 150)).doesNotHaveDuplicates();
        }
        brokers.stop(1);
        try (MillraceClient client = brokers.client(3)) {
            publish(client, 150, 160);
            assertThat(read(client, 160)).doesNotHaveDuplicates();
        }
    }

    private static void awaitWhole(MillraceClient client) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertWhole(client.admin().clusterStatus()));
    }

    private static void assertWhole(ClusterStatus status) {
        assertThat(status.problems()).isEmpty();
        assertThat(status.changes()).isEmpty();
        assertThat(status.shards()).allMatch(shard -> shard.replicas().size() == 3);
    }

    private static void publish(MillraceClient client, int from, int to) {
        List<CompletableFuture<?>> sends = new ArrayList<>();
        try (Publisher publisher = client.openPublisher()) {
            for (int i = from; i < to; i++) {
                sends.add(
                        publisher.publish(
                                OutgoingRecord.of("orders", "key-" + i, Integer.toString(i))));
            }
            publisher.flush();
        }
        sends.forEach(CompletableFuture::join);
    }

    private static List<String> read(MillraceClient client, int count) {
        List<String> all = new ArrayList<>();
        try (Subscriber subscriber =
                client.newSubscriber().topic("orders").from(Position.offset(0)).open()) {
            while (all.size() < count) {
                List<ReceivedRecord> some = subscriber.poll(PATIENCE);
                assertThat(some).as("after %d records", all.size()).isNotEmpty();
                some.forEach(one -> all.add(one.valueText()));
            }
        }
        return all;
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
