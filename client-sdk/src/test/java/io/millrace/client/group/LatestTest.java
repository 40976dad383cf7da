package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the end that was found first on, nothing is skipped, whoever fails. */
@Timeout(60)
class LatestTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final TopicPartition T0 = new TopicPartition("t", 0);

    private FakeCluster brokers;
    private Cluster cluster;

    @BeforeEach
    void open() throws Exception {
        brokers = new FakeCluster(2, 2);
        brokers.createTopic("t", 1);
        brokers.group().follow("t", 1);
        cluster = brokers.connect();
        brokers.append("t", 0, "before");
    }

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    @Test
    void shouldGiveNothingBeforeTheEndThatWasFoundFirstIsCommitted() {
        brokers.group().refuseCommits(Integer.MAX_VALUE);
        try (GroupSubscriber member = latest(cluster)) {
            await().until(() -> brokers.group().refusals() < Integer.MAX_VALUE);
            brokers.append("t", 0, "meanwhile");
            assertThat(member.poll(SHORT)).isEmpty();
            brokers.group().refuseCommits(0);
            assertThat(take(member, 1)).containsExactly("meanwhile");
            assertThat(brokers.group().commits()).containsExactly("t/0@1");
        }
    }

    @Test
    void shouldGoOnWhereAMemberBeganThatDiedBeforeItsFirstCommit() {
        try (Cluster dying = brokers.connect()) {
            latest(dying);
            await().until(() -> brokers.group().committed(T0) == 1);
        }
        brokers.append("t", 0, "while nobody was there");
        brokers.group().expire(brokers.group().members().get(0));

        try (GroupSubscriber next = latest(cluster)) {
            assertThat(take(next, 1)).containsExactly("while nobody was there");
        }
    }

    private static GroupSubscriber latest(Cluster cluster) {
        return new GroupSubscriberBuilder(cluster, "g")
                .topics("t")
                .start(StartPolicy.LATEST)
                .autoCommit(Duration.ZERO)
                .closeTimeout(Duration.ofSeconds(5))
                .build();
    }

    private static List<String> take(GroupSubscriber member, int count) {
        List<String> taken = new ArrayList<>();
        while (taken.size() < count) {
            List<ReceivedRecord> polled = member.poll(LONG);
            assertThat(polled).isNotEmpty();
            polled.forEach(it -> taken.add(it.valueText()));
        }
        return taken;
    }
}
