package io.millrace.perf.kafka;

import io.millrace.perf.driver.DriverSubscriber;
import io.millrace.perf.driver.RecordSink;
import io.millrace.perf.driver.SubscriberSpec;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Has its partitions assigned by hand: no group, no commits. */
final class KafkaSubscriber implements DriverSubscriber {
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;

    KafkaSubscriber(Consumer<byte[], byte[]> consumer, SubscriberSpec spec) {
        this.consumer = consumer;
        Map<Integer, TopicPartition> partitions =
                spec.starts().keySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Function.identity(),
                                        partition -> new TopicPartition(spec.topic(), partition)));
        consumer.assign(partitions.values());
        spec.starts()
                .forEach((partition, offset) -> consumer.seek(partitions.get(partition), offset));
    }

    @Override
    public void poll(Duration timeout, RecordSink sink) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            sink.accept(record.partition(), record.offset(), record.key(), record.value());
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(FAREWELL));
    }
}
