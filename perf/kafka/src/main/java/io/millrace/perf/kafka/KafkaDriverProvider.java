package io.millrace.perf.kafka;

import io.millrace.perf.driver.Driver;
import io.millrace.perf.driver.DriverProvider;

/** The driver of Kafka. */
public final class KafkaDriverProvider implements DriverProvider {
    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public Driver connect(String bootstrap) {
        return new KafkaDriver(bootstrap);
    }
}
