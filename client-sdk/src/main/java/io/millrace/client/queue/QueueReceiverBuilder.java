package io.millrace.client.queue;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.MemberTerms;
import io.millrace.client.record.Bounds;
import io.millrace.protocol.GroupName;
import io.millrace.v1.GroupMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Collects what a member of a group in queue mode receives and how; the defaults suit most. Not
 * thread-safe.
 */
public final class QueueReceiverBuilder {
    private static final int MAX_TOPICS = 1_000;
    private static final int MAX_RECORDS = 100_000;
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._*-]{1,249}");

    private final Cluster cluster;
    private final String group;
    private final List<String> topics = new ArrayList<>();
    private Duration closeTimeout = Duration.ofSeconds(30);
    private int leaseMs;
    private int deliveryLeaseMs;
    private int maxRecords = 100;
    private int prefetchRecords;
    private long prefetchBytes = 16L << 20;

    /** Internal: a client makes it. */
    public QueueReceiverBuilder(Cluster cluster, String group) {
        this.cluster = cluster;
        this.group = GroupName.check(group);
    }

    /**
     * Receives from topics, those too that are created later.
     *
     * @param names names, or patterns in which * stands for any characters; 1,000 at most
     */
    public QueueReceiverBuilder topics(String... names) {
        for (String name : names) {
            if (!TOPIC.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a topic or pattern matches " + TOPIC.pattern() + "; this one does not");
            }
            topics.add(name);
        }
        Bounds.check("the number of topics", topics.size(), 0, MAX_TOPICS);
        return this;
    }

    /** How long the member may be silent; 1 s to 5 min, default: the group's {@code lease.ms}. */
    public QueueReceiverBuilder lease(Duration time) {
        leaseMs =
                (int)
                        Bounds.check("lease", time, Duration.ofSeconds(1), Duration.ofMinutes(5))
                                .toMillis();
        return this;
    }

    /**
     * How long a delivery may take before the record is delivered again; 1 s to 1 h, default: the
     * group's {@code delivery.lease.ms}. A worker renews it while its handler runs.
     */
    public QueueReceiverBuilder deliveryLease(Duration time) {
        deliveryLeaseMs =
                (int)
                        Bounds.check(
                                        "deliveryLease",
                                        time,
                                        Duration.ofSeconds(1),
                                        Duration.ofHours(1))
                                .toMillis();
        return this;
    }

    /**
     * How many deliveries {@link QueueReceiver#receive} gives at most; 1 to 100,000, default 100.
     */
    public QueueReceiverBuilder maxRecords(int records) {
        maxRecords = (int) Bounds.check("maxRecords", records, 1, MAX_RECORDS);
        return this;
    }

    /**
     * How many deliveries may wait here, over all brokers; 1 to 100,000, default 500, or for a
     * worker twice its concurrency. What waits here nobody else works on.
     */
    public QueueReceiverBuilder prefetchRecords(int records) {
        prefetchRecords = (int) Bounds.check("prefetchRecords", records, 1, MAX_RECORDS);
        return this;
    }

    /**
     * The same in bytes of batches, as they are stored; 1 KiB to 1 GiB, default 16 MiB. One batch
     * more may come from each broker.
     */
    public QueueReceiverBuilder prefetchBytes(long bytes) {
        prefetchBytes = Bounds.check("prefetchBytes", bytes, 1L << 10, 1L << 30);
        return this;
    }

    /** How long closing may take; 0 to 1 h, default 30 s. */
    public QueueReceiverBuilder closeTimeout(Duration time) {
        closeTimeout = Bounds.check("closeTimeout", time, Duration.ZERO, Duration.ofHours(1));
        return this;
    }

    /**
     * The member, to be polled. Returns at once; it joins meanwhile.
     *
     * @throws IllegalArgumentException if no topic was named
     */
    public QueueReceiver build() {
        QueueMember member = member(500);
        member.start();
        return member;
    }

    /** Processes records by a handler instead of polling; goes on with how it is called. */
    public QueueWorkerBuilder handler(DeliveryHandler handler) {
        return new QueueWorkerBuilder(this, handler);
    }

    /**
     * A member that has not joined yet.
     *
     * @param prefetchDefault how many deliveries may wait unless the user has said so
     */
    QueueMember member(int prefetchDefault) {
        return new QueueMember(
                cluster,
                options(prefetchDefault),
                System::nanoTime,
                // Used under locks, by whatever thread.
                new Random(ThreadLocalRandom.current().nextLong()));
    }

    private QueueOptions options(int prefetchDefault) {
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("name a topic to receive from");
        }
        return new QueueOptions(
                new MemberTerms(
                        group,
                        UUID.randomUUID().toString(),
                        "",
                        topics,
                        0,
                        "",
                        leaseMs,
                        GroupMode.GROUP_MODE_QUEUE),
                deliveryLeaseMs,
                maxRecords,
                prefetchRecords == 0 ? prefetchDefault : prefetchRecords,
                prefetchBytes,
                closeTimeout.toNanos());
    }
}
