package io.millrace.perf.kafka;

import io.millrace.perf.driver.Assurance;
import io.millrace.perf.driver.Driver;
import io.millrace.perf.driver.DriverPublisher;
import io.millrace.perf.driver.DriverSubscriber;
import io.millrace.perf.driver.Leadership;
import io.millrace.perf.driver.PublisherSpec;
import io.millrace.perf.driver.SubscriberSpec;
import io.millrace.perf.driver.TopicSpec;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Drives Kafka by its own Java client. All is left as the client has it by default, but for what
 * the specifications ask for; {@link KafkaSettings} has it in one place.
 */
final class KafkaDriver implements Driver {
    private final String bootstrap;
    private final KafkaTopics topics;
    private final Map<String, String> settings = new ConcurrentSkipListMap<>();

    KafkaDriver(String bootstrap) {
        this.bootstrap = bootstrap;
        this.topics = new KafkaTopics(bootstrap);
    }

    @Override
    public String client() {
        return "kafka-clients " + AppInfoParser.getVersion();
    }

    @Override
    public Map<String, String> settings() {
        return new TreeMap<>(settings);
    }

    @Override
    public void createTopic(TopicSpec topic) {
        topics.create(topic);
        topics.config(topic.name()).forEach((key, value) -> settings.put("topic." + key, value));
    }

    @Override
    public void deleteTopic(String topic) {
        topics.delete(topic);
    }

    @Override
    public long[] ends(String topic) {
        return topics.ends(topic);
    }

    @Override
    public DriverPublisher publisher(PublisherSpec spec) {
        Map<String, Object> config = KafkaSettings.producer(bootstrap, spec);
        settings.putAll(KafkaSettings.toldOfProducer(config));
        return new KafkaPublisher(
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()),
                spec.topic());
    }

    @Override
    public DriverSubscriber subscriber(SubscriberSpec spec) {
        Map<String, Object> config = KafkaSettings.consumer(bootstrap, spec);
        settings.putAll(KafkaSettings.toldOfConsumer(config));
        return new KafkaSubscriber(
                new KafkaConsumer<>(
                        config, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                spec);
    }

    @Override
    public Assurance assurance(String topic) {
        return topics.assurance(topic);
    }

    @Override
    public Leadership leadership() {
        return topics.leadership();
    }

    @Override
    public void close() {
        topics.close();
    }
}
