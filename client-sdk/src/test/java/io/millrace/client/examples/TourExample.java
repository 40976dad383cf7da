package io.millrace.client.examples;

import io.millrace.client.MillraceClient;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The snippet of README.md, which a test compares with this. */
public final class TourExample {
    private TourExample() {}

    /** Publishes an order, waits for its acknowledgement, and reads what there is. */
    public static List<String> publishAndRead(String servers) {
        List<String> orders = new ArrayList<>();
        try (MillraceClient client = MillraceClient.connect(servers)) {
            try (Publisher publisher = client.openPublisher()) {
                PublishedRecord stored =
                        publisher.publish(OutgoingRecord.of("orders", "ada", "4 barrels")).join();
                System.out.println("stored at offset " + stored.offset());
            }
            try (Subscriber subscriber =
                    client.newSubscriber().topic("orders").from(Position.earliest()).open()) {
                for (ReceivedRecord record : subscriber.poll(Duration.ofSeconds(1))) {
                    orders.add(record.keyText() + " ordered " + record.valueText());
                }
            }
        }
        return orders;
    }
}
