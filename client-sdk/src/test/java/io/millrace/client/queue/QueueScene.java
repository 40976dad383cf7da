package io.millrace.client.queue;

import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterOptions;
import io.millrace.client.cluster.ServerList;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.membership.MemberTerms;
import io.millrace.v1.GroupMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Two brokers, a topic with two partitions, a group in queue mode, and a client. */
final class QueueScene implements AutoCloseable {
    private final FakeCluster brokers;
    private final Cluster cluster;
    private final AtomicLong ahead = new AtomicLong();

    QueueScene(int brokerCount) throws Exception {
        brokers = new FakeCluster(brokerCount, 2);
        brokers.createTopic("t", 2);
        brokers.group().follow("t", 2);
        brokers.group().setQueueMode(true);
        brokers.group().setLeaseMs(20_000);
        cluster =
                Cluster.open(
                        new ClusterOptions(
                                ServerList.parse(brokers.servers()),
                                "test",
                                Duration.ofMillis(500),
                                ChoicePolicy.adaptive(new Random(1)),
                                Map.of()));
    }

    FakeCluster brokers() {
        return brokers;
    }

    QueueReceiverBuilder builder() {
        return builder("g");
    }

    QueueReceiverBuilder builder(String group) {
        return new QueueReceiverBuilder(cluster, group)
                .topics("t")
                .closeTimeout(Duration.ofSeconds(5));
    }

    /** A member whose clock the test can put forward. */
    QueueMember member(int maxRecords) {
        MemberTerms terms =
                new MemberTerms("g", "m", "", List.of("t"), 0, "", 0, GroupMode.GROUP_MODE_QUEUE);
        return new QueueMember(
                cluster,
                new QueueOptions(
                        terms, 0, maxRecords, 500, 1 << 20, Duration.ofSeconds(5).toNanos()),
                () -> System.nanoTime() + ahead.get(),
                new Random(1));
    }

    void advance(Duration time) {
        ahead.addAndGet(time.toNanos());
    }

    @Override
    public void close() {
        cluster.close();
        brokers.close();
    }
}
