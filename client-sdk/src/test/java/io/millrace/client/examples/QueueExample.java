package io.millrace.client.examples;

import io.millrace.client.MillraceClient;
import io.millrace.client.queue.Delivery;
import io.millrace.client.queue.QueueReceiver;
import io.millrace.client.queue.QueueWorker;
import io.millrace.client.queue.RejectRecordException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Works off a topic record by record: by polling, and by a handler. */
public final class QueueExample {
    private QueueExample() {}

    /** Receives a number of records; each is settled by itself. */
    public static int settleSome(String servers, int count) {
        int settled = 0;
        try (MillraceClient client = MillraceClient.connect(servers);
                QueueReceiver receiver = client.queue("mails").topics("orders").build()) {
            while (settled < count) {
                List<Delivery> deliveries = receiver.receive(Duration.ofSeconds(1));
                CompletableFuture<?>[] answers =
                        deliveries.stream().map(Delivery::ack).toArray(CompletableFuture[]::new);
                CompletableFuture.allOf(answers).join();
                settled += answers.length;
            }
        }
        return settled;
    }

    /** Calls a handler for several records at a time, until so many are done. */
    public static int handleSome(String servers, int count) {
        ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (MillraceClient client = MillraceClient.connect(servers);
                QueueWorker worker =
                        client.queue("mails")
                                .topics("orders")
                                .handler(
                                        (record, deliveryCount) -> {
                                            if (record.value() == null) {
                                                throw new RejectRecordException("nothing to send");
                                            }
                                            sent.add(record.valueText());
                                            if (sent.size() >= count) {
                                                done.complete(null);
                                            }
                                        })
                                .concurrency(16)
                                .start()) {
            CompletableFuture.anyOf(done, worker.ended()).join();
        }
        // Closing has waited for the handlers, and for what they have settled.
        return sent.size();
    }
}
