package io.millrace.client.subscribe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.read.Consistency;
import io.millrace.client.read.ReadFrom;
import io.millrace.client.record.TopicPartition;
import io.millrace.v1.ReadConsistency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadFromReplicasTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);

    private FakeCluster cluster;
    private MillraceClient client;

    /** Three brokers; the second leads the only shard. */
    @BeforeEach
    void open() throws Exception {
        cluster = new FakeCluster(3, 1);
        cluster.createTopic("t", 1);
        cluster.readFromReplicas();
        client =
                MillraceClient.builder()
                        .servers(cluster.servers())
                        .balance(ChoicePolicy.leastOutstanding(new Random(7)))
                        .build();
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void shouldReadFromTheLeaderUnlessAskedOtherwise() {
        cluster.append("t", 0, "a");
        try (Subscriber subscriber = earliest().open()) {
            take(subscriber, 1);
            assertThat(cluster.broker(2).subscriptions()).hasSize(1);
            assertThat(cluster.lastSubscribe().getConsistency())
                    .isEqualTo(ReadConsistency.READ_CONSISTENCY_UNSPECIFIED);
        }
    }

    @Test
    void shouldFollowTheLeaderThatASubscriberReadsFrom() {
        cluster.append("t", 0, numbers(0, 10));
        try (Subscriber subscriber = earliest().open()) {
            assertThat(take(subscriber, 10)).isEqualTo(List.of(numbers(0, 10)));
            cluster.moveLeader(1, 3, true);
            cluster.append("t", 0, numbers(10, 20));
            assertThat(take(subscriber, 10)).isEqualTo(List.of(numbers(10, 20)));
            await().until(() -> cluster.broker(3).subscriptions().size() == 1);
            cluster.append("t", 0, numbers(20, 30));
            assertThat(take(subscriber, 10)).isEqualTo(List.of(numbers(20, 30)));
        }
    }

    @Test
    void shouldSpreadPartitionsOverReplicas() {
        cluster.createTopic("many", 9);
        for (int p = 0; p < 9; p++) {
            cluster.append("many", p, "x");
        }
        try (Subscriber subscriber =
                client.newSubscriber()
                        .topic("many")
                        .from(Position.earliest())
                        .readFrom(ReadFrom.ANY)
                        .open()) {
            take(subscriber, 9);
            for (int node = 1; node <= 3; node++) {
                assertThat(cluster.broker(node).subscriptions()).as("node " + node).hasSize(1);
            }
        }
    }

    @Test
    void shouldGoOnElsewhereWithoutAGapOrADoubleWhenABrokerGoesAway() throws Exception {
        try (Subscriber subscriber = earliest().readFrom(ReadFrom.ANY).open()) {
            List<String> taken = new ArrayList<>();
            for (int round = 0; round < 6; round++) {
                cluster.append("t", 0, numbers(round * 10, round * 10 + 10));
                taken.addAll(take(subscriber, 5));
                int node = round % 3 + 1;
                cluster.broker(node).stop();
                cluster.append("t", 0, numbers(1_000 + round * 10, 1_010 + round * 10));
                taken.addAll(take(subscriber, 15));
                cluster.broker(node).start();
            }
            assertThat(taken).isEqualTo(cluster.values("t", 0));
        }
    }

    @Test
    void shouldGiveABrokerThatComesBackItsShareWithoutAGapOrADouble() throws Exception {
        cluster.createTopic("many", 9);
        try (Subscriber subscriber =
                client.newSubscriber()
                        .topic("many")
                        .from(Position.earliest())
                        .readFrom(ReadFrom.ANY)
                        .spreadInterval(Duration.ofMillis(60))
                        .open()) {
            Map<Integer, List<String>> taken = new HashMap<>();
            appendAndTake(subscriber, 0, taken);
            cluster.broker(2).stop();
            appendAndTake(subscriber, 1, taken);
            cluster.broker(2).start();
            int round = 2;
            while (cluster.broker(2).subscriptions().isEmpty()) {
                appendAndTake(subscriber, round++, taken);
            }
            appendAndTake(subscriber, round++, taken);
            for (int p = 0; p < 9; p++) {
                assertThat(taken.get(p)).isEqualTo(cluster.values("many", p)).hasSize(round);
            }
        }
    }

    private void appendAndTake(Subscriber subscriber, int round, Map<Integer, List<String>> taken) {
        for (int p = 0; p < 9; p++) {
            cluster.append("many", p, round + "/" + p);
        }
        for (int left = 9; left > 0; ) {
            List<ReceivedRecord> records = subscriber.poll(Duration.ofSeconds(10));
            assertThat(records).isNotEmpty();
            left -= records.size();
            records.forEach(
                    it ->
                            taken.computeIfAbsent(it.partition(), p -> new ArrayList<>())
                                    .add(it.valueText()));
        }
    }

    @Test
    void shouldLeaveAReplicaThatIsBehindWhatWasRead() {
        cluster.append("t", 0, numbers(0, 10));
        cluster.broker(1).freeze();
        cluster.broker(3).freeze();
        cluster.append("t", 0, numbers(10, 20));
        for (int attempt = 0; attempt < 6; attempt++) {
            try (Subscriber subscriber =
                    client.newSubscriber()
                            .partition(T0, Position.offset(15))
                            .readFrom(ReadFrom.ANY)
                            .open()) {
                assertThat(take(subscriber, 5)).isEqualTo(List.of(numbers(15, 20)));
            }
        }
    }

    @Test
    void shouldSeeOnesOwnWriteInASession() {
        try (Publisher publisher = client.openPublisher()) {
            PublishedRecord first = publisher.publish(OutgoingRecord.of("t", "k", "a")).join();
            cluster.broker(1).freeze();
            cluster.broker(3).freeze();
            PublishedRecord second = publisher.publish(OutgoingRecord.of("t", "k", "b")).join();
            for (int attempt = 0; attempt < 6; attempt++) {
                try (Subscriber subscriber =
                        earliest()
                                .readFrom(ReadFrom.ANY)
                                .consistency(Consistency.session(first.token().and(second.token())))
                                .open()) {
                    assertThat(take(subscriber, 2)).containsExactly("a", "b");
                    assertThat(cluster.lastSubscribe().getPartitions(0).getAtLeastOffset())
                            .isEqualTo(2);
                }
            }
        }
    }

    @Test
    void shouldLeaveAReplicaThatIsOlderThanItMayBe() {
        cluster.broker(1).freeze();
        cluster.broker(3).freeze();
        cluster.append("t", 0, "a");
        for (int attempt = 0; attempt < 6; attempt++) {
            try (Subscriber subscriber =
                    earliest()
                            .readFrom(ReadFrom.ANY)
                            .consistency(Consistency.eventual(Duration.ofSeconds(1)))
                            .open()) {
                assertThat(take(subscriber, 1)).containsExactly("a");
            }
        }
        try (Subscriber subscriber = earliest().consistency(Consistency.linearizable()).open()) {
            take(subscriber, 1);
            assertThat(cluster.lastSubscribe().getConsistency())
                    .isEqualTo(ReadConsistency.READ_CONSISTENCY_LINEARIZABLE);
        }
    }

    private SubscriberBuilder earliest() {
        return client.newSubscriber().topic("t").from(Position.earliest()).maxPollRecords(5);
    }

    private static List<String> take(Subscriber subscriber, int count) {
        List<String> values = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (values.size() < count && System.nanoTime() < deadline) {
            subscriber.poll(Duration.ofMillis(300)).forEach(it -> values.add(it.valueText()));
        }
        return values;
    }

    private static String[] numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toArray(String[]::new);
    }
}
