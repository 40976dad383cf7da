package io.millrace.client.queue;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.MemberSpec;
import io.millrace.client.record.Bounds;
import io.millrace.v1.GroupMode;
import java.time.Duration;

/**
 * Collects what a member of a group in queue mode receives and how; the defaults suit most. Not
 * thread-safe.
 */
public final class QueueReceiverBuilder {
    private static final int MAX_RECORDS = 100_000;

    private final Cluster cluster;
    private final MemberSpec spec;
    private Duration closeTimeout = Duration.ofSeconds(30);
    private int deliveryLeaseMs;
    private int maxRecords = 100;
    private int prefetchRecords;
    private long prefetchBytes = 16L << 20;

    /** Internal: a client makes it. */
    public QueueReceiverBuilder(Cluster cluster, String group) {
        this.cluster = cluster;
        this.spec = new MemberSpec(group, GroupMode.GROUP_MODE_QUEUE);
    }

    /**
     * Receives from topics, those too that are created later.
     *
     * @param names names, or patterns in which * stands for any characters; 1,000 at most
     */
    public QueueReceiverBuilder topics(String... names) {
        spec.addTopics(names);
        return this;
    }

    /** How long the member may be silent; 1 s to 5 min, default: the group's {@code lease.ms}. */
    public QueueReceiverBuilder lease(Duration time) {
        spec.setLease(time);
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
                cluster, options(prefetchDefault), System::nanoTime, cluster.newRandom());
    }

    private QueueOptions options(int prefetchDefault) {
        return new QueueOptions(
                spec.newMember(),
                deliveryLeaseMs,
                maxRecords,
                prefetchRecords == 0 ? prefetchDefault : prefetchRecords,
                prefetchBytes,
                closeTimeout.toNanos());
    }
}
