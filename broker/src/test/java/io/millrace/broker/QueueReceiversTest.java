package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.group.DeadLetter;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.queue.Delivery;
import io.millrace.client.queue.DeliveryHandler;
import io.millrace.client.queue.QueueReceiver;
import io.millrace.client.queue.QueueWorker;
import io.millrace.client.queue.RejectRecordException;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups in queue mode of a whole broker in this process, with the receivers of the SDK. */
@Timeout(120)
final class QueueReceiversTest {

    private static final Duration MS = Duration.ofMillis(1);
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path directory;
    private Broker broker;
    private MillraceClient client;

    @BeforeEach
    void start() throws IOException {
        broker =
                Broker.start(
                        BrokerConfig.of(
                                Map.of(
                                        "data-dir", directory.resolve("data").toString(),
                                        "listen.client-port", "0",
                                        "listen.peer-port", "0",
                                        "listen.http-port", "0",
                                        "wal.segment-bytes", "16MiB",
                                        "wal.cap-bytes", "128MiB",
                                        "stop-grace-ms", "5s")));
        client = MillraceClient.connect(broker.clientAddress());
        client.admin().createTopic(new NewTopic("jobs", 2));
    }

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    @Test
    void shouldWorkOffEverythingInTheOrderOfEachKey() {
        publish(2_000);
        Map<String, ConcurrentLinkedQueue<Integer>> byKey = new ConcurrentHashMap<>();
        DeliveryHandler handler =
                (record, count) ->
                        byKey.computeIfAbsent(
                                        record.keyText(), key -> new ConcurrentLinkedQueue<>())
                                .add(Integer.parseInt(record.valueText()));
        try (QueueWorker one =
                        client.queue("g").topics("jobs").handler(handler).concurrency(8).start();
                QueueWorker two =
                        client.queue("g").topics("jobs").handler(handler).concurrency(8).start()) {
            await().atMost(LONG)
                    .until(() -> byKey.values().stream().mapToInt(q -> q.size()).sum() >= 2_000);
            assertThat(one.ended()).isNotDone();
            assertThat(two.ended()).isNotDone();
        }
        byKey.forEach(
                (key, values) ->
                        assertThat(List.copyOf(values)).as(key).isSorted().doesNotHaveDuplicates());
        try (QueueReceiver late = client.queue("g").topics("jobs").build()) {
            await().until(() -> late.assignment().size() == 2);
            assertThat(late.receive(SOON)).as("everything is done for good").isEmpty();
        }
    }

    @Test
    void shouldGiveUpPoisonAndLetTheOthersFlow() {
        client.admin().groups().set("g", GroupMode.QUEUE, Map.of("max.deliveries", "3"), List.of());
        publish(40);
        ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
        DeliveryHandler handler =
                (record, count) -> {
                    switch (record.valueText()) {
                        case "7" -> throw new IllegalStateException("always");
                        case "9" -> throw new RejectRecordException("unreadable");
                        default -> done.add(record.valueText());
                    }
                };
        try (QueueWorker worker =
                client.queue("g")
                        .topics("jobs")
                        .handler(handler)
                        .retryDelay(MS, MS)
                        .concurrency(4)
                        .start()) {
            await().atMost(LONG).until(() -> deadLetters().size() == 2);
            await().atMost(LONG).until(() -> done.size() == 38);
            assertThat(worker.ended()).isNotDone();
        }
        assertThat(deadLetters())
                .extracting(DeadLetter::reason)
                .anyMatch(reason -> reason.contains("always"))
                .anyMatch(reason -> reason.contains("unreadable"));
    }

    @Test
    void shouldSettleReturnAndDelayByHand() {
        publish(OutgoingRecord.of("jobs", "a", "first"));
        QueueReceiver receiver = client.queue("g").topics("jobs").build();
        Delivery first = take(receiver, 1).get(0);
        assertThat(first.record().valueText()).isEqualTo("first");
        first.extend(Duration.ofMinutes(1)).join();
        first.nack(MS, "again").join();
        Delivery second = take(receiver, 1).get(0);
        assertThat(second.deliveryCount()).isEqualTo(2);
        second.ack().join();
        assertThatThrownBy(() -> first.ack().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DELIVERY_EXPIRED));
        Instant later = Instant.now().plusMillis(500);
        publish(OutgoingRecord.to("jobs").key("b").value("later").deliverAt(later).build());
        Delivery delayed = take(receiver, 1).get(0);
        assertThat(delayed.record().valueText()).isEqualTo("later");
        assertThat(Instant.now()).isAfterOrEqualTo(later);
        receiver.close();
        try (QueueReceiver other = client.queue("g").topics("jobs").build()) {
            Delivery again = take(other, 1).get(0);
            assertThat(again.record().valueText()).isEqualTo("later");
            assertThat(again.deliveryCount()).isEqualTo(2);
            again.ack().join();
        }
    }

    @Test
    void shouldGiveBackWhatWasNotReceivedAtOnceAndUncounted() {
        publish(60);
        QueueReceiver receiver =
                client.queue("g").topics("jobs").maxRecords(1).prefetchRecords(10).build();
        List<Delivery> taken = take(receiver, 1);
        receiver.close();
        List<Delivery> rest = new ArrayList<>();
        try (QueueReceiver other = client.queue("g").topics("jobs").build()) {
            long from = System.nanoTime();
            while (rest.size() < 60) {
                for (Delivery delivery : other.receive(LONG)) {
                    rest.add(delivery);
                    delivery.ack();
                }
            }
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(LONG);
        }
        // One was received. What a broker sends in the very moment of closing may count as well.
        assertThat(rest.stream().filter(it -> it.deliveryCount() > 1).count()).isBetween(1L, 10L);
        assertThat(taken).hasSize(1);
    }

    @Test
    void shouldGiveNothingWhileTheGroupIsPaused() {
        try (QueueReceiver receiver = client.queue("g").topics("jobs").build()) {
            publish(1);
            take(receiver, 1).get(0).ack().join();
            client.admin().groups().pause("g");
            await().until(() -> client.admin().groups().describe("g").paused());
            List<Delivery> early = new ArrayList<>();
            await().until(
                            () -> {
                                publish(1);
                                List<Delivery> now = receiver.receive(SOON);
                                early.addAll(now);
                                return now.isEmpty();
                            });
            client.admin().groups().resume("g");
            assertThat(take(receiver, 1)).isNotEmpty();
        }
    }

    private List<DeadLetter> deadLetters() {
        return client.admin().groups().deadLetters("g", 100, "").deadLetters();
    }

    private void publish(OutgoingRecord record) {
        try (Publisher publisher = client.openPublisher()) {
            publisher.publish(record).join();
        }
    }

    private void publish(int count) {
        try (Publisher publisher = client.openPublisher()) {
            IntStream.range(0, count)
                    .forEach(
                            i ->
                                    publisher.publish(
                                            OutgoingRecord.of(
                                                    "jobs", "key-" + i % 20, String.valueOf(i))));
            publisher.flush();
        }
    }

    private static List<Delivery> take(QueueReceiver receiver, int count) {
        List<Delivery> all = new ArrayList<>();
        await().atMost(LONG)
                .until(
                        () -> {
                            all.addAll(receiver.receive(SOON));
                            return all.size() >= count;
                        });
        return all;
    }
}
