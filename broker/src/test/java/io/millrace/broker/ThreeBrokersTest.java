package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.choice.Candidate;
import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.read.Consistency;
import io.millrace.client.read.ReadFrom;
import io.millrace.client.read.ReadToken;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Three whole brokers in this process, over gRPC. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
// With the other tests of clusters: jraft shares threads between the brokers of a process, and a
// cluster that forms behind other tests in one process does not always come up in time.
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
final class ThreeBrokersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
    void shouldServeTheWholeClusterFromAnyBroker() throws Exception {
        List<PublishedRecord> stored;
        try (MillraceClient client = brokers.client(1)) {
            client.admin().createTopic(new NewTopic("orders", 6));
            stored = publish(client, 0, 300);
        }
        ReadToken token =
                stored.stream()
                        .map(PublishedRecord::token)
                        .reduce(ReadToken.none(), ReadToken::and);
        for (int node = 1; node <= 3; node++) {
            try (MillraceClient client = only(node)) {
                assertThat(
                                client
                                        .admin()
                                        .findOffsets("orders", List.of(), Position.latest())
                                        .stream()
                                        .mapToLong(FoundOffset::offset)
                                        .sum())
                        .as("linearizable ends by broker %d", node)
                        .isEqualTo(300);
                for (Consistency wanted :
                        List.of(
                                Consistency.linearizable(),
                                Consistency.session(token),
                                Consistency.eventual(),
                                Consistency.eventual(Duration.ofMinutes(1)))) {
                    assertThat(read(client, wanted, 300))
                            .as("%s at broker %d", wanted, node)
                            .extracting(ReceivedRecord::valueText)
                            .doesNotHaveDuplicates()
                            .hasSize(300);
                }
            }
            assertThat(brokers.page(node, "/metrics").body())
                    .containsPattern(
                            "millrace_peer_connected\\{node=\"\\d\",lane=\"control\",} 1.0")
                    .containsPattern(
                            "millrace_peer_sent_bytes_total\\{node=\"\\d\",lane=\"data\",}");
        }
    }

    @Test
    void shouldRefuseWritesAndServeOldReadsWithoutAQuorum() throws Exception {
        try (MillraceClient client = brokers.client(1)) {
            client.admin().createTopic(new NewTopic("orders", 6));
            publish(client, 0, 60);
            // The survivor is to have all: what it lacks, no quorum could give it any more.
            try (MillraceClient reader = only(3)) {
                read(reader, Consistency.linearizable(), 60);
            }

            brokers.stop(1);
            publish(client, 60, 120);
            try (MillraceClient reader = only(3)) {
                read(reader, Consistency.linearizable(), 120);
            }
            assertThat(brokers.page(3, "/readyz").statusCode()).isEqualTo(200);
        }

        try (MillraceClient client = brokers.client(3);
                Publisher publisher =
                        client.newPublisher().deadline(Duration.ofSeconds(5)).open()) {
            publisher.publish(OutgoingRecord.of("orders", "k", "120")).join();
            brokers.stop(2);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(brokers.page(3, "/readyz").body())
                                            .contains("\"state\":\"NO_QUORUM\"")
                                            .contains("\"state\":\"CONTROLLER_UNREACHABLE\"")
                                            .contains("\"ready\":true"));
            // A shard whose leader has not noticed yet could only say that it does not know.
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(brokers.page(3, "/metrics").body())
                                            .contains("millrace_raft_leader_node")
                                            .doesNotContainPattern(
                                                    "millrace_raft_leader_node\\{.*} [1-9]"));

            assertThatThrownBy(
                            () -> publisher.publish(OutgoingRecord.of("orders", "k", "x")).join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED));
            assertThat(brokers.page(3, "/metrics").body())
                    .contains("millrace_broker_degraded{state=\"no_quorum\",} 1.0")
                    .contains("millrace_broker_degraded{state=\"rebuilding\",} 0.0");
            ClusterStatus status = client.admin().clusterStatus();
            assertThat(status.healthy()).isFalse();
            assertThat(status.problems()).anyMatch(told -> told.contains("has no leader"));
        }
        try (MillraceClient client = only(3)) {
            assertThat(read(client, Consistency.eventual(), 121)).hasSize(121);
        }
    }

    /** A client that turns to this broker wherever it has the choice. */
    private MillraceClient only(int node) {
        String address = brokers.broker(node).clientAddress();
        ChoicePolicy policy =
                candidates -> {
                    List<String> ids = candidates.stream().map(Candidate::id).toList();
                    return Math.max(0, ids.indexOf(address));
                };
        return MillraceClient.builder().servers(address).balance(policy).build();
    }

    private static List<PublishedRecord> publish(MillraceClient client, int from, int to) {
        List<CompletableFuture<PublishedRecord>> sends = new ArrayList<>();
        try (Publisher publisher = client.openPublisher()) {
            for (int i = from; i < to; i++) {
                sends.add(
                        publisher.publish(
                                OutgoingRecord.of("orders", "key-" + i, Integer.toString(i))));
            }
            publisher.flush();
        }
        return sends.stream().map(CompletableFuture::join).toList();
    }

    private static List<ReceivedRecord> read(
            MillraceClient client, Consistency consistency, int count) {
        List<ReceivedRecord> all = new ArrayList<>();
        try (Subscriber subscriber =
                client.newSubscriber()
                        .topic("orders")
                        .from(Position.offset(0))
                        .consistency(consistency)
                        .readFrom(ReadFrom.ANY)
                        .open()) {
            while (all.size() < count) {
                List<ReceivedRecord> some = subscriber.poll(PATIENCE);
                assertThat(some).as("after %d records", all.size()).isNotEmpty();
                all.addAll(some);
            }
        }
        return all;
    }
}
