package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.v1.MemberProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a member with a filter commits, and what heartbeats tell of its progress. */
@Timeout(60)
class GroupFilterTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);

    private FakeCluster brokers;
    private Cluster cluster;

    @BeforeEach
    void open() throws Exception {
        brokers = new FakeCluster(1, 1);
        brokers.createTopic("t", 1);
        brokers.group().follow("t", 1);
        cluster = brokers.connect();
    }

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    @Test
    void shouldCommitOverWhatItsFilterLeavesOut() {
        brokers.append("t", 0, "a", "b", "c");
        brokers.append("t", 0, "d");
        brokers.partition("t", 0).trim(3, "FILTERED");
        brokers.group().setCommitted(T0, 0, "");
        try (GroupSubscriber member = earliest().filter("key == 'a'").build()) {
            List<String> values = new ArrayList<>();
            await().until(
                            () -> {
                                member.poll(Duration.ofMillis(10))
                                        .forEach(it -> values.add(it.valueText()));
                                return brokers.group().committed(T0) == 4;
                            });
            assertThat(values).containsExactly("d");
            assertThat(brokers.lastSubscribe().getFilter()).isEqualTo("key == 'a'");

            // Nothing matches any more: the commit moves on all the same.
            brokers.leaveOut("t", 0, "e", "f");
            await().until(
                            () -> {
                                member.poll(Duration.ofMillis(10));
                                return brokers.group().committed(T0) == 6;
                            });
            await().until(() -> brokers.group().progress(T0).getFiltered() == 5);
            assertThat(brokers.group().progress(T0).getFilter()).isEqualTo("key == 'a'");
        }
    }

    @Test
    void shouldTellWhatWasGivenAndWhatIsNotTaken() {
        brokers.append("t", 0, "a", "b", "c");
        try (GroupSubscriber member = earliest().maxPollRecords(2).build()) {
            List<ReceivedRecord> taken = new ArrayList<>();
            await().until(() -> taken.addAll(member.poll(Duration.ofSeconds(1))));
            brokers.append("t", 0, "d");
            await().until(
                            () -> {
                                MemberProgress told = brokers.group().progress(T0);
                                return told != null && told.getOutOfCredit();
                            });
            MemberProgress told = brokers.group().progress(T0);
            assertThat(told.getDelivered()).isEqualTo(taken.size());
            assertThat(told.getPosition()).isEqualTo(taken.size());
            assertThat(told.getPaused()).isFalse();
            member.pause(List.of(T0));
            await().until(() -> brokers.group().progress(T0).getPaused());
        }
    }

    private GroupSubscriberBuilder earliest() {
        return new GroupSubscriberBuilder(cluster, "g")
                .topics("t")
                .start(StartPolicy.EARLIEST)
                .autoCommit(Duration.ofMillis(50))
                .closeTimeout(Duration.ofSeconds(5));
    }
}
