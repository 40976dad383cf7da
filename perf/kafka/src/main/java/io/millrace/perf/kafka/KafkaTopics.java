package io.millrace.perf.kafka;

import io.millrace.perf.driver.Assurance;
import io.millrace.perf.driver.Durability;
import io.millrace.perf.driver.Leadership;
import io.millrace.perf.driver.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of a Kafka cluster: made for a durability, and asked for it afterwards. */
final class KafkaTopics implements AutoCloseable {
    /** The default of max.message.bytes. */
    private static final int DEFAULT_LARGEST_BATCH = 1_048_588;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Thousands of partitions take their time on few cores. */
    private static final Duration COMPLETE = Duration.ofSeconds(240);

    private static final Duration LOOK = Duration.ofMillis(50);

    private static final List<String> TELLS =
            List.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.COMPRESSION_TYPE_CONFIG,
                    TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
                    TopicConfig.FLUSH_MS_CONFIG,
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                    TopicConfig.SEGMENT_BYTES_CONFIG,
                    TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG);

    private final Admin admin;
    private final CountDownLatch closed = new CountDownLatch(1);

    KafkaTopics(String bootstrap) {
        admin =
                Admin.create(
                        Map.<String, Object>of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    /** Creates a topic; waits until each partition has a leader and all its replicas in sync. */
    void create(TopicSpec topic) {
        Map<String, String> config = new TreeMap<>();
        config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "" + majority(topic.replicas()));
        if (topic.durability() == Durability.FSYNC_MAJORITY) {
            config.put(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, "1");
        }
        if (topic.largestBatch() > DEFAULT_LARGEST_BATCH) {
            config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "" + topic.largestBatch());
        }
        NewTopic wanted =
                new NewTopic(
                        topic.name(),
                        Optional.of(topic.partitions()),
                        Optional.of((short) topic.replicas()));
        get(admin.createTopics(List.of(wanted.configs(config))).all());
        awaitReplicas(topic);
    }

    void delete(String topic) {
        get(admin.deleteTopics(List.of(topic)).all());
    }

    /** The high watermark of each partition. */
    long[] ends(String topic) {
        int partitions = describe(topic).partitions().size();
        Map<TopicPartition, OffsetSpec> wanted =
                IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(topic, partition))
                        .collect(
                                Collectors.toMap(partition -> partition, p -> OffsetSpec.latest()));
        long[] ends = new long[partitions];
        get(admin.listOffsets(wanted).all())
                .forEach((partition, found) -> ends[partition.partition()] = found.offset());
        return ends;
    }

    /** The settings in force that matter here, defaults too. */
    Map<String, String> config(String topic) {
        Config config = describeConfig(ConfigResource.Type.TOPIC, topic);
        Map<String, String> told = new TreeMap<>();
        TELLS.forEach(name -> told.put(name, value(config, name)));
        return told;
    }

    Leadership leadership() {
        return new KafkaLeadership(admin);
    }

    /** From the settings in force: publishers of this driver always ask for acks=all. */
    Assurance assurance(String topic) {
        Config config = describeConfig(ConfigResource.Type.TOPIC, topic);
        List<String> evidence = new ArrayList<>();
        evidence.add("acks=all");
        evidence.add("replicas=" + checkReplicas(topic, config));
        for (String name :
                List.of(
                        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                        TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
                        TopicConfig.FLUSH_MS_CONFIG)) {
            evidence.add(name + "=" + value(config, name));
        }
        for (Node node : get(admin.describeCluster().nodes())) {
            Config broker = describeConfig(ConfigResource.Type.BROKER, node.idString());
            evidence.add(
                    "broker %s: log.flush.interval.messages=%s, log.flush.interval.ms=%s"
                            .formatted(
                                    node.idString(),
                                    value(broker, "log.flush.interval.messages"),
                                    value(broker, "log.flush.interval.ms")));
        }
        return new Assurance(durability(topic, config), String.join("; ", evidence));
    }

    @Override
    public void close() {
        closed.countDown();
        admin.close(PATIENCE);
    }

    private static Durability durability(String topic, Config config) {
        String messages = value(config, TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG);
        String ms = value(config, TopicConfig.FLUSH_MS_CONFIG);
        String never = Long.toString(Long.MAX_VALUE);
        if (messages.equals("1")) {
            return Durability.FSYNC_MAJORITY;
        }
        if (messages.equals(never) && ms.equals(never)) {
            return Durability.PAGE_CACHE;
        }
        throw new IllegalStateException(
                "topic %s has flush.messages=%s and flush.ms=%s: neither each batch is fsynced nor none"
                        .formatted(topic, messages, ms));
    }

    /** Refuses a topic of which less than a majority must have a record before it is answered. */
    private int checkReplicas(String topic, Config config) {
        int least = Integer.parseInt(value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG));
        int replicas =
                describe(topic).partitions().stream()
                        .mapToInt(partition -> partition.replicas().size())
                        .max()
                        .orElseThrow();
        if (least < majority(replicas)) {
            throw new IllegalStateException(
                    "topic %s has %d replicas and min.insync.replicas=%d: not a majority"
                            .formatted(topic, replicas, least));
        }
        return replicas;
    }

    /** Kafka tells nobody when a topic is complete: it is asked until it is, or this is closed. */
    private void awaitReplicas(TopicSpec topic) {
        long until = System.nanoTime() + COMPLETE.toNanos();
        while (!isComplete(topic)) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException(
                        "topic %s has not all its replicas in sync after %d s"
                                .formatted(topic.name(), COMPLETE.toSeconds()));
            }
            if (isClosedWithin(LOOK)) {
                throw new IllegalStateException("the driver was closed meanwhile");
            }
        }
    }

    private boolean isClosedWithin(Duration time) {
        try {
            return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private boolean isComplete(TopicSpec topic) {
        try {
            return describe(topic.name()).partitions().stream()
                    .allMatch(
                            partition ->
                                    partition.leader() != null
                                            && partition.isr().size() == topic.replicas());
        } catch (IllegalStateException e) {
            // The broker that was asked has not heard of it yet.
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    private TopicDescription describe(String topic) {
        return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    }

    private Config describeConfig(ConfigResource.Type type, String name) {
        ConfigResource resource = new ConfigResource(type, name);
        return get(admin.describeConfigs(List.of(resource)).all()).get(resource);
    }

    private static String value(Config config, String name) {
        return config.get(name) == null ? "absent" : String.valueOf(config.get(name).value());
    }

    private static int majority(int replicas) {
        return replicas / 2 + 1;
    }

    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
