package io.millrace.client.queue;

import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.membership.MemberTerms;
import io.millrace.client.membership.Membership;
import io.millrace.client.membership.Signal;
import io.millrace.client.record.TopicPartition;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.GroupMode;
import io.millrace.v1.HeldPartition;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Two brokers, a topic with two partitions, a group in queue mode, and a client. */
final class QueueScene implements AutoCloseable {
    private final FakeCluster brokers;
    private final long topicId;
    private final Cluster cluster;
    private final AtomicLong ahead = new AtomicLong();

    QueueScene(int brokerCount) throws Exception {
        brokers = new FakeCluster(brokerCount, 2);
        topicId = brokers.createTopic("t", 2);
        brokers.group().follow("t", 2);
        brokers.group().setQueueMode(true);
        brokers.group().setLeaseMs(20_000);
        cluster = brokers.connect();
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
        return new QueueMember(cluster, options(maxRecords), this::now, new Random(1));
    }

    /** What a member of this stay receives from one partition; it looks at nothing by itself. */
    Receiving receiving(Membership stay, TopicPartition from) {
        stay.start();
        await().until(() -> stay.memberEpoch() != 0);
        Receiving receiving =
                new Receiving(cluster, options(10), new Signal(), this::now, new Random(1));
        AssignedPartition assigned =
                AssignedPartition.newBuilder()
                        .setTopic(from.topic())
                        .setTopicId(topicId)
                        .setPartition(from.partition())
                        .build();
        HeldPartition held = HeldPartition.newBuilder().setPartition(assigned).build();
        receiving.follow(stay.memberEpoch(), List.of(held), false);
        return receiving;
    }

    Membership membership() {
        return new Membership(
                cluster, options(1).terms(), List::of, () -> {}, this::now, new Random(1));
    }

    private QueueOptions options(int maxRecords) {
        MemberTerms terms =
                new MemberTerms("g", "m", "", List.of("t"), 0, "", 0, GroupMode.GROUP_MODE_QUEUE);
        return new QueueOptions(
                terms, 0, maxRecords, 500, 1 << 20, Duration.ofSeconds(5).toNanos());
    }

    private long now() {
        return System.nanoTime() + ahead.get();
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
