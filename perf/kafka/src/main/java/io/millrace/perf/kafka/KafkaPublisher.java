package io.millrace.perf.kafka;

import io.millrace.perf.driver.DriverPublisher;
import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;

final class KafkaPublisher implements DriverPublisher {
    private final Producer<byte[], byte[]> producer;
    private final String topic;

    KafkaPublisher(Producer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    @Override
    public void publish(int partition, byte[] key, byte[] value, Answer answer) {
        Integer wanted = partition == ANY_PARTITION ? null : partition;
        producer.send(
                new ProducerRecord<>(topic, wanted, key, value),
                (stored, failure) -> {
                    if (failure != null) {
                        answer.failed(failure);
                    } else {
                        // The broker has forgotten the offset of an attempt long ago.
                        answer.stored(stored.offset(), !stored.hasOffset());
                    }
                });
    }

    @Override
    public void flush() {
        try {
            producer.flush();
        } catch (InterruptException e) {
            // It has set the flag again.
            return;
        }
    }

    @Override
    public void close(Duration time) {
        producer.close(time);
    }
}
