package io.millrace.perf.kafka;

import io.millrace.perf.driver.PublisherSpec;
import io.millrace.perf.driver.SubscriberSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What Kafka's clients are told, and what of their settings is told on. */
final class KafkaSettings {
    /** The default of max.request.size; a record counts with what a batch adds to it. */
    private static final int DEFAULT_REQUEST = 1 << 20;

    private static final int OVERHEAD = 1 << 10;

    private static final List<String> PRODUCER_TELLS =
            List.of(
                    ProducerConfig.ACKS_CONFIG,
                    ProducerConfig.BATCH_SIZE_CONFIG,
                    ProducerConfig.BUFFER_MEMORY_CONFIG,
                    ProducerConfig.COMPRESSION_TYPE_CONFIG,
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    ProducerConfig.LINGER_MS_CONFIG,
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                    ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                    ProducerConfig.METADATA_MAX_AGE_CONFIG,
                    ProducerConfig.PARTITIONER_ADAPTIVE_PARTITIONING_ENABLE_CONFIG,
                    ProducerConfig.RECEIVE_BUFFER_CONFIG,
                    ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                    ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    ProducerConfig.RETRIES_CONFIG,
                    ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                    ProducerConfig.RETRY_BACKOFF_MS_CONFIG,
                    ProducerConfig.SEND_BUFFER_CONFIG);

    private static final List<String> CONSUMER_TELLS =
            List.of(
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    ConsumerConfig.CHECK_CRCS_CONFIG,
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                    ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                    ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                    ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                    ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                    ConsumerConfig.RECEIVE_BUFFER_CONFIG,
                    ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                    ConsumerConfig.RECONNECT_BACKOFF_MS_CONFIG,
                    ConsumerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                    ConsumerConfig.RETRY_BACKOFF_MS_CONFIG,
                    ConsumerConfig.SEND_BUFFER_CONFIG);

    private KafkaSettings() {}

    static Map<String, Object> producer(String bootstrap, PublisherSpec spec) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, spec.batchBytes());
        config.put(ProducerConfig.LINGER_MS_CONFIG, wholeMillis("linger", spec.linger()));
        config.put(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                spec.compression().name().toLowerCase(Locale.ROOT));
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, spec.memoryBytes());
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, spec.maxBlock().toMillis());
        config.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Math.toIntExact(spec.deadline().toMillis()));
        int largest = Math.max(spec.recordBytes(), spec.batchBytes()) + OVERHEAD;
        if (largest > DEFAULT_REQUEST) {
            config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largest);
        }
        return config;
    }

    static Map<String, Object> consumer(String bootstrap, SubscriberSpec spec) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, spec.pollRecords());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Never a silent jump: what is gone is an error.
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return config;
    }

    static Map<String, String> toldOfProducer(Map<String, Object> config) {
        return told(
                "publisher.",
                new ProducerConfig(
                        with(
                                config,
                                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                                ByteArraySerializer.class)),
                PRODUCER_TELLS);
    }

    static Map<String, String> toldOfConsumer(Map<String, Object> config) {
        return told(
                "subscriber.",
                new ConsumerConfig(
                        with(
                                config,
                                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                                ByteArrayDeserializer.class)),
                CONSUMER_TELLS);
    }

    private static Properties with(
            Map<String, Object> config, String key, String value, Class<?> type) {
        Properties all = new Properties();
        all.putAll(config);
        all.put(key, type);
        all.put(value, type);
        return all;
    }

    private static Map<String, String> told(
            String prefix, AbstractConfig config, List<String> names) {
        Map<String, String> told = new TreeMap<>();
        for (String name : names) {
            told.put(prefix + name, String.valueOf(config.values().get(name)));
        }
        return told;
    }

    private static long wholeMillis(String name, Duration time) {
        if (time.toNanos() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    "%s is %s; Kafka takes whole milliseconds".formatted(name, time));
        }
        return time.toMillis();
    }
}
