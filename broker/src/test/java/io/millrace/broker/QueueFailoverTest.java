package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.queue.DeliveryHandler;
import io.millrace.client.queue.QueueWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue whose leaders change while it is worked off. */
@Timeout(240)
final class QueueFailoverTest {

    private static final int RECORDS = 600;

    @TempDir private Path directory;

    @Test
    void shouldLoseNothingAndKeepTheOrderOfKeysWhenABrokerStops() throws Exception {
        try (ThreeBrokers brokers = ThreeBrokers.start(directory);
                MillraceClient client = brokers.client(1)) {
            client.admin().createTopic(new NewTopic("jobs", 3));
            publish(client, 0);
            Set<Integer> done = ConcurrentHashMap.newKeySet();
            Map<String, ConcurrentLinkedQueue<Integer>> firsts = new ConcurrentHashMap<>();
            DeliveryHandler handler =
                    (record, count) -> {
                        int value = Integer.parseInt(record.valueText());
                        if (done.add(value)) {
                            firsts.computeIfAbsent(
                                            record.keyText(), key -> new ConcurrentLinkedQueue<>())
                                    .add(value);
                        }
                    };
            try (QueueWorker worker =
                    client.queue("g").topics("jobs").handler(handler).concurrency(4).start()) {
                await().atMost(Duration.ofSeconds(60)).until(() -> done.size() >= RECORDS / 4);
                brokers.stop(2);
                publish(client, RECORDS);
                await().atMost(Duration.ofSeconds(90)).until(() -> done.size() == 2 * RECORDS);
                assertThat(worker.ended()).isNotDone();
            }
            firsts.forEach((key, values) -> assertThat(List.copyOf(values)).as(key).isSorted());
        }
    }

    private static void publish(MillraceClient client, int from) {
        try (Publisher publisher = client.openPublisher()) {
            for (int i = from; i < from + RECORDS; i++) {
                publisher.publish(OutgoingRecord.of("jobs", "key-" + i % 20, String.valueOf(i)));
            }
            publisher.flush();
        }
    }
}
