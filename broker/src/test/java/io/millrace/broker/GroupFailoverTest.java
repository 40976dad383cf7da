package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterOptions;
import io.millrace.client.cluster.ServerList;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.GroupSubscriberBuilder;
import io.millrace.client.group.StartPolicy;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A group of a cluster of three brokers in this process, whose coordinator goes. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
// With the other tests of clusters: see ThreeBrokersTest.
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
final class GroupFailoverTest {

    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir private Path directory;
    private ThreeBrokers brokers;
    private Cluster cluster;

    @BeforeEach
    void start() throws IOException {
        brokers = ThreeBrokers.start(directory);
        String servers =
                String.join(
                        ",",
                        brokers.broker(1).clientAddress(),
                        brokers.broker(2).clientAddress(),
                        brokers.broker(3).clientAddress());
        cluster =
                Cluster.open(
                        new ClusterOptions(
                                ServerList.parse(servers),
                                "groups",
                                Duration.ofSeconds(5),
                                ChoicePolicy.adaptive(new Random(1)),
                                Map.of()));
    }

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (brokers != null) {
            brokers.close();
        }
    }

    @Test
    void shouldKeepStaysAndOffsetsWhenAnyBrokerGoes() {
        try (MillraceClient client = brokers.client(1)) {
            client.admin().createTopic(new NewTopic("orders", 6));
        }
        publish(1, 0, 60);
        Map<String, Integer> seen = new HashMap<>();
        Set<TopicPartition> before = new HashSet<>();
        try (GroupSubscriber first = member();
                GroupSubscriber second = member()) {
            await().pollInSameThread()
                    .atMost(PATIENCE)
                    .until(
                            () -> {
                                poll(first, seen);
                                poll(second, seen);
                                return seen.size() == 60
                                        && first.assignment().size() == 3
                                        && second.assignment().size() == 3;
                            });
            first.commit();
            second.commit();
            before.addAll(first.assignment());
            // One of them is the coordinator's: whoever it is, the stays go on.
            for (int node = 1; node <= 3; node++) {
                brokers.stop(node);
                int other = node == 1 ? 2 : 1;
                publish(other, 60 * node, 60 * node + 60);
                int expected = 60 * node + 60;
                await().pollInSameThread()
                        .atMost(PATIENCE)
                        .until(
                                () -> {
                                    poll(first, seen);
                                    poll(second, seen);
                                    return seen.size() == expected;
                                });
                first.commit();
                second.commit();
                brokers.start(node);
            }
            assertThat(first.assignment()).isEqualTo(before);
            assertThat(seen.values()).as("nobody lost a stay").containsOnly(1);
        }
        try (GroupSubscriber third = member()) {
            publish(1, 240, 250);
            Map<String, Integer> rest = new HashMap<>();
            await().pollInSameThread()
                    .atMost(PATIENCE)
                    .until(
                            () -> {
                                poll(third, rest);
                                return rest.size() >= 10;
                            });
            assertThat(rest.keySet()).doesNotContainAnyElementsOf(seen.keySet());
        }
    }

    private GroupSubscriber member() {
        return new GroupSubscriberBuilder(cluster, "billing")
                .topics("orders")
                .start(StartPolicy.EARLIEST)
                .build();
    }

    private static void poll(GroupSubscriber member, Map<String, Integer> seen) {
        for (ReceivedRecord record : member.poll(SOON)) {
            seen.merge(record.valueText(), 1, Integer::sum);
        }
    }

    private void publish(int node, int from, int to) {
        try (MillraceClient client = brokers.client(node);
                Publisher publisher = client.newPublisher().open()) {
            IntStream.range(from, to)
                    .mapToObj(i -> OutgoingRecord.of("orders", "k" + i, "v" + i))
                    .map(publisher::publish)
                    .toList()
                    .forEach(stored -> stored.join());
        }
    }
}
