package io.millrace.client.examples;

import io.millrace.client.MillraceClient;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.CompletionException;

/** Publishes: one record and its offset, then many. */
public final class PublishExample {
    private PublishExample() {}

    /** Publishes an order and says where it is. */
    public static PublishedRecord publishOne(String servers) {
        try (MillraceClient client = MillraceClient.connect(servers);
                Publisher publisher = client.openPublisher()) {
            return publisher
                    .publish(
                            OutgoingRecord.to("orders")
                                    .key("customer-7")
                                    .value("3 bottles")
                                    .header("source", "web")
                                    .build())
                    .join();
        }
    }

    /** Publishes many records without waiting for each; gives the number of those stored. */
    public static int publishMany(String servers, int count) {
        int[] stored = new int[1];
        try (MillraceClient client =
                        MillraceClient.builder().servers(servers).clientName("example").build();
                Publisher publisher = client.newPublisher().compression(Compression.ZSTD).open()) {
            for (int i = 0; i < count; i++) {
                publisher
                        .publish(OutgoingRecord.of("orders", "customer-" + i % 10, "order " + i))
                        // On the publisher's own thread: short work only.
                        .whenComplete((record, failure) -> stored[0] += failure == null ? 1 : 0);
            }
            publisher.flush();
        }
        return stored[0];
    }

    /** What a failure tells: whether sending the record again could store it twice. */
    public static String explain(CompletionException failure) {
        MillraceException why = (MillraceException) failure.getCause();
        return switch (why.outcome()) {
            case NOT_APPLIED -> "not stored, safe to publish again: " + why.getMessage();
            case UNKNOWN -> "may be stored, check before publishing again: " + why.getMessage();
            case NONE -> why.getMessage();
        };
    }
}
