package io.millrace.tests.costs;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Records of 1 KiB in batches of 64 KiB, to and from one partition, as fast as it goes. */
final class Traffic implements AutoCloseable {

    static final int RECORD_BYTES = 1024;
    static final int BATCH_BYTES = 64 << 10;

    private static final String TOPIC = "costs";
    private static final int VALUES = 64;

    /** Less than a subscriber reads ahead, so that it never falls behind. */
    private static final int STEP = 512;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MillraceClient client;
    private final Publisher publisher;
    private final byte[][] values = new byte[VALUES][RECORD_BYTES];

    /** Makes a topic for it, with as many replicas as there are brokers, up to three. */
    Traffic(MillraceClient client) {
        this.client = client;
        client.admin().createTopic(new NewTopic(TOPIC, 1));
        publisher =
                client.newPublisher()
                        .batchBytes(BATCH_BYTES)
                        // Long: the budgets are of full batches, on a busy machine too.
                        .linger(Duration.ofSeconds(1))
                        // Or the last batches are sent before they are full.
                        .memoryBytes(64L << 20)
                        .open();
        Random random = new Random(1);
        for (byte[] value : values) {
            random.nextBytes(value);
        }
    }

    /** Publishes, and waits until all is acknowledged. */
    void publish(int records) {
        CompletableFuture<PublishedRecord> last = null;
        for (int i = 0; i < records; i++) {
            last = publisher.publish(OutgoingRecord.of(TOPIC, null, values[i % VALUES]));
        }
        publisher.flush();
        last.join();
    }

    /** Reads so many from the beginning of the topic. */
    void read(int records) {
        try (Subscriber subscriber = subscriber(Position.earliest())) {
            receive(subscriber, records);
        }
    }

    /** Publishes, a little at a time, and reads it at the end of the log. */
    void follow(int records) {
        try (Subscriber subscriber = subscriber(Position.latest())) {
            while (subscriber.positions().isEmpty()) {
                subscriber.poll(Duration.ofMillis(10));
            }
            for (int published = 0; published < records; published += STEP) {
                publish(STEP);
                receive(subscriber, STEP);
            }
        }
    }

    private Subscriber subscriber(Position from) {
        return client.newSubscriber().topic(TOPIC).from(from).open();
    }

    private static void receive(Subscriber subscriber, int records) {
        int seen = 0;
        while (seen < records) {
            List<ReceivedRecord> polled = subscriber.poll(PATIENCE);
            if (polled.isEmpty()) {
                throw new IllegalStateException("nothing came after " + seen + " records");
            }
            seen += polled.size();
        }
    }

    @Override
    public void close() {
        publisher.close();
    }
}
