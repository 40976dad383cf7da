package io.millrace.tests.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.tests.processes.Cli;
import io.millrace.tests.processes.ToolRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers from one file, as most people meet them first. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 5, unit = MINUTES)
class ThreeBrokersTest {

    private static final String TOPIC = "orders";
    private static final int RECORDS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension final Clusters clusters = new Clusters();

    @TempDir Path directory;

    @Test
    void shouldGoOnWithoutOneOfThree() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, Map.of());
        ClusterBroker first = cluster.broker(1);
        ClusterBroker second = cluster.broker(2);
        ClusterBroker third = cluster.broker(3);
        try (MillraceClient client = MillraceClient.connect(first.address())) {
            client.admin().createTopic(new NewTopic(TOPIC, 6, 3, Map.of()));
        }
        publish(second, 0);
        assertThat(read(third)).isEqualTo(numbers(RECORDS));

        second.kill();
        publish(third, RECORDS);
        assertThat(read(first)).isEqualTo(numbers(2 * RECORDS));
        cluster.await(
                "the status tells of the broker that is down",
                PATIENCE,
                status ->
                        status.getBrokersList().stream()
                                .allMatch(
                                        each ->
                                                each.getBroker().getAlive()
                                                        == (each.getBroker().getNodeId() != 2)));
        cluster.awaitLeaders();
        assertThat(status(first)).contains("3, 2 alive", "silent");

        second.start();
        cluster.awaitWhole();
        publish(second, 2 * RECORDS);
        assertThat(read(second)).isEqualTo(numbers(3 * RECORDS));
    }

    private String status(ClusterBroker broker) throws Exception {
        ToolRun.Result result = new Cli(directory, broker.address()).succeed("cluster", "status");
        return new String(result.stdout(), UTF_8);
    }

    private static void publish(ClusterBroker bootstrap, int from) {
        try (MillraceClient client = MillraceClient.connect(bootstrap.address());
                Publisher publisher = client.openPublisher()) {
            IntStream.range(from, from + RECORDS)
                    .mapToObj(each -> OutgoingRecord.of(TOPIC, "key " + each, "" + each))
                    .map(publisher::publish)
                    .toList()
                    .forEach(stored -> stored.join());
        }
    }

    /** All records, sorted. */
    private static List<Integer> read(ClusterBroker bootstrap) throws Exception {
        List<Integer> values = new ArrayList<>();
        try (MillraceClient client = MillraceClient.connect(bootstrap.address())) {
            long end =
                    client.admin().findOffsets(TOPIC, List.of(), Position.latest()).stream()
                            .mapToLong(each -> each.offset())
                            .sum();
            try (Subscriber subscriber =
                    client.newSubscriber().topic(TOPIC).from(Position.earliest()).open()) {
                long deadline = System.nanoTime() + PATIENCE.toNanos();
                while (values.size() < end && System.nanoTime() < deadline) {
                    for (ReceivedRecord record : subscriber.poll(Duration.ofSeconds(1))) {
                        values.add(Integer.valueOf(record.valueText()));
                    }
                }
            }
        }
        return values.stream().sorted().toList();
    }

    private static List<Integer> numbers(int end) {
        return IntStream.range(0, end).boxed().toList();
    }
}
