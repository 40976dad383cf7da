package io.millrace.client;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.GrpcAdmin;
import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterOptions;
import io.millrace.client.cluster.ServerList;
import io.millrace.client.group.GroupSubscriberBuilder;
import io.millrace.client.publish.Publisher;
import io.millrace.client.publish.PublisherBuilder;
import io.millrace.client.queue.QueueReceiverBuilder;
import io.millrace.client.record.Bounds;
import io.millrace.client.subscribe.SubscriberBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A client of one cluster: shares connections and the cluster map among its publishers, subscribers
 * and admin calls. One for a process and cluster is enough. Thread-safe.
 *
 * <p>Nothing is connected before it is needed; servers that are down at first are tried again.
 *
 * <pre>{@code
 * try (MillraceClient client = MillraceClient.connect("127.0.0.1:7400");
 *         Publisher publisher = client.newPublisher().open()) {
 *     publisher.publish(OutgoingRecord.of("orders", "customer-7", "3 bottles")).join();
 * }
 * }</pre>
 */
public final class MillraceClient implements AutoCloseable {
    private final Cluster cluster;
    private final Admin admin;

    private MillraceClient(Cluster cluster, Duration requestTimeout) {
        this.cluster = cluster;
        this.admin = new GrpcAdmin(cluster, requestTimeout);
    }

    /**
     * A client with default options.
     *
     * @param servers host:port[,host:port…]; any brokers of the cluster, or a DNS name that
     *     resolves to several
     */
    public static MillraceClient connect(String servers) {
        return builder().servers(servers).build();
    }

    /** Starts a client with options. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a publisher. */
    public PublisherBuilder newPublisher() {
        return new PublisherBuilder(cluster);
    }

    /** A publisher with default options. */
    public Publisher openPublisher() {
        return newPublisher().open();
    }

    /** Starts a subscriber. */
    public SubscriberBuilder newSubscriber() {
        return new SubscriberBuilder(cluster);
    }

    /**
     * Starts a member of a group whose members share the partitions of topics out. The group is
     * created when its first member joins.
     *
     * <pre>{@code
     * try (GroupSubscriber member =
     *         client.group("billing").topics("orders").start(StartPolicy.EARLIEST).build()) {
     *     while (running) {
     *         for (ReceivedRecord record : member.poll(Duration.ofSeconds(1))) {
     *             bill(record.valueText());
     *         }
     *     }
     * }
     * }</pre>
     *
     * @param name [A-Za-z0-9._-]{1,249}, neither "." nor ".."
     * @throws io.millrace.protocol.error.MillraceException INVALID_GROUP if it is not
     */
    public GroupSubscriberBuilder group(String name) {
        return new GroupSubscriberBuilder(cluster, name);
    }

    /**
     * Starts a member of a group in queue mode: each record belongs to one member at a time and is
     * settled by itself, so that there may be more members than partitions. The group is created
     * when its first member joins.
     *
     * <pre>{@code
     * try (QueueWorker worker =
     *         client.queue("mails")
     *                 .topics("orders")
     *                 .handler((record, deliveryCount) -> send(record.valueText()))
     *                 .concurrency(16)
     *                 .start()) {
     *     worker.ended().join();
     * }
     * }</pre>
     *
     * @param name [A-Za-z0-9._-]{1,249}, neither "." nor ".."
     * @throws io.millrace.protocol.error.MillraceException INVALID_GROUP if it is not
     */
    public QueueReceiverBuilder queue(String name) {
        return new QueueReceiverBuilder(cluster, name);
    }

    /** Topics, groups and the cluster's state. */
    public Admin admin() {
        return admin;
    }

    /**
     * Ends all connections. Publishers and subscribers of this client must be closed before; what
     * is still open fails. Blocks for 5 s at most; idempotent.
     */
    @Override
    public void close() {
        cluster.close();
    }

    /** Collects the options of a client. Not thread-safe. */
    public static final class Builder {
        private static final int MAX_NAME_LENGTH = 200;
        private static final int MAX_WEIGHT = 100;

        private String servers = "127.0.0.1:7400";
        private String clientName = "";
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration connectTimeout = Duration.ofSeconds(3);
        private ChoicePolicy policy = ChoicePolicy.adaptive(new Random());
        private final Map<String, Integer> weights = new HashMap<>();

        private Builder() {}

        /**
         * Brokers to ask first: host:port[,host:port…], default 127.0.0.1:7400. The others are
         * found through the cluster map.
         */
        public Builder servers(String list) {
            ServerList.parse(list);
            servers = list;
            return this;
        }

        /** A name for the brokers' logs and metrics, at most 200 characters; default: none. */
        public Builder clientName(String name) {
            Bounds.check("the length of clientName", name.length(), 0, MAX_NAME_LENGTH);
            clientName = name;
            return this;
        }

        /** How long an admin call may take over all attempts; 1 ms to 1 h, default 30 s. */
        public Builder requestTimeout(Duration time) {
            requestTimeout =
                    Bounds.check("requestTimeout", time, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How long a broker may take to answer a new stream before another one is tried; 100 ms to
         * 5 min, default 3 s.
         */
        public Builder connectTimeout(Duration time) {
            connectTimeout =
                    Bounds.check(
                            "connectTimeout", time, Duration.ofMillis(100), Duration.ofMinutes(5));
            return this;
        }

        /**
         * How to choose among brokers that could do the same: whom to ask, from which replica to
         * read, which partition takes records without a key; default {@link ChoicePolicy#adaptive}.
         */
        public Builder balance(ChoicePolicy choice) {
            policy = Objects.requireNonNull(choice, "balance");
            return this;
        }

        /**
         * Gives a broker a larger share than the others, as far as the policy looks at weights.
         *
         * @param address host:port, as the cluster map names it
         * @param weight 1, which all have that are not named, to 100
         */
        public Builder weight(String address, int weight) {
            ServerList.parse(address);
            weights.put(address, (int) Bounds.check("weight", weight, 1, MAX_WEIGHT));
            return this;
        }

        /** The client; does not connect yet. */
        public MillraceClient build() {
            Objects.requireNonNull(servers, "servers");
            return new MillraceClient(
                    Cluster.open(
                            new ClusterOptions(
                                    ServerList.parse(servers),
                                    clientName,
                                    connectTimeout,
                                    policy,
                                    weights)),
                    requestTimeout);
        }
    }
}
