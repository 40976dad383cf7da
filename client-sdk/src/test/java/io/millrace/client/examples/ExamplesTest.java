package io.millrace.client.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.record.TopicPartition;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the documentation run. */
@Timeout(30)
class ExamplesTest {
    @Test
    void shouldRunGroups() throws Exception {
        try (FakeCluster cluster = new FakeCluster(1, 1)) {
            cluster.createTopic("orders", 1);
            cluster.group().follow("orders", 1);
            cluster.append("orders", 0, "3 bottles", "2 glasses");
            assertThat(GroupExample.takeSome(cluster.servers(), 2))
                    .containsExactly("3 bottles", "2 glasses");
            assertThat(cluster.group().committed(new TopicPartition("orders", 0))).isEqualTo(2);
        }
    }

    @Test
    void shouldRunQueues() throws Exception {
        try (FakeCluster cluster = new FakeCluster(1, 1)) {
            cluster.createTopic("orders", 1);
            cluster.group().follow("orders", 1);
            cluster.group().setQueueMode(true);
            cluster.append("orders", 0, "3 bottles", "2 glasses");
            assertThat(QueueExample.settleSome(cluster.servers(), 2)).isEqualTo(2);
            cluster.append("orders", 0, "a cork");
            assertThat(QueueExample.handleSome(cluster.servers(), 1)).isEqualTo(1);
            assertThat(cluster.queue().done(new TopicPartition("orders", 0))).hasSize(3);
        }
    }

    @Test
    void shouldRun() throws Exception {
        try (FakeCluster cluster = new FakeCluster(1, 1)) {
            String servers = cluster.servers();
            try (MillraceClient client = MillraceClient.connect(servers)) {
                Admin admin = client.admin();
                admin.createTopic(new NewTopic("orders", 1));
            }
            assertThat(PublishExample.publishOne(servers).offset()).isZero();
            assertThat(PublishExample.publishMany(servers, 100)).isEqualTo(100);
            assertThat(SubscribeExample.pollSome(servers, 101)).hasSize(101).contains("3 bottles");
            assertThat(SubscribeExample.firstOf(servers, "customer-3").offset()).isEqualTo(4);
            assertThat(TourExample.publishAndRead(servers)).isNotEmpty();
            TopicPartition partition = new TopicPartition("orders", 0);
            Map<TopicPartition, Long> reached = Map.of(partition, 90L);
            // One poll gives what has arrived, which need not be all that there is.
            while (reached.get(partition) < 102) {
                reached = SubscribeExample.resume(servers, reached);
            }
            assertThat(reached).containsExactly(Map.entry(partition, 102L));
        }
    }
}
