package io.millrace.client.examples;

import io.millrace.client.MillraceClient;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.GapPolicy;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Follows a topic: by polling, record by record, and from a position kept before. */
public final class SubscribeExample {
    private SubscribeExample() {}

    /** Reads a number of records from the start of the topic. */
    public static List<String> pollSome(String servers, int count) {
        List<String> values = new ArrayList<>();
        try (MillraceClient client = MillraceClient.connect(servers);
                Subscriber subscriber =
                        client.newSubscriber().topic("orders").from(Position.earliest()).open()) {
            while (values.size() < count) {
                for (ReceivedRecord record : subscriber.poll(Duration.ofSeconds(1))) {
                    values.add(record.valueText());
                }
            }
        }
        return values;
    }

    /** Waits for one record after another, until the first of a customer. */
    public static ReceivedRecord firstOf(String servers, String customer) {
        try (MillraceClient client = MillraceClient.connect(servers);
                Subscriber subscriber =
                        client.newSubscriber().topic("orders").from(Position.earliest()).open()) {
            for (ReceivedRecord record : subscriber) {
                if (customer.equals(record.keyText())) {
                    return record;
                }
            }
            throw new IllegalStateException("the subscriber was closed");
        }
    }

    /** Goes on where an earlier subscriber stopped, stepping over what retention has removed. */
    public static Map<TopicPartition, Long> resume(
            String servers, Map<TopicPartition, Long> positions) {
        try (MillraceClient client = MillraceClient.connect(servers)) {
            var builder = client.newSubscriber().gapPolicy(GapPolicy.EARLIEST);
            positions.forEach(
                    (partition, offset) -> builder.partition(partition, Position.offset(offset)));
            try (Subscriber subscriber = builder.open()) {
                subscriber.poll(Duration.ofSeconds(1));
                return subscriber.positions();
            }
        }
    }
}
