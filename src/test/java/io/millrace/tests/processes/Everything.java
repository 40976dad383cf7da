package io.millrace.tests.processes;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.client.subscribe.SubscriberBuilder;
import io.millrace.tests.processes.Ledger.Stored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads all that a topic holds. */
public final class Everything {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Everything() {}

    /** All records of a topic up to its end at this moment, their values without padding. */
    public static List<Stored> in(MillraceClient client, String topic) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (FoundOffset end : client.admin().findOffsets(topic, List.of(), Position.latest())) {
            ends.put(new TopicPartition(topic, end.partition()), end.offset());
        }
        SubscriberBuilder builder = client.newSubscriber();
        ends.keySet().forEach(each -> builder.partition(each, Position.earliest()));
        try (Subscriber subscriber = builder.open()) {
            return read(subscriber, ends);
        }
    }

    /** A record as the ledger knows it. */
    static Stored stored(ReceivedRecord record) {
        return new Stored(
                record.partition(), record.offset(), record.keyText(), record.valueText().strip());
    }

    private static List<Stored> read(Subscriber subscriber, Map<TopicPartition, Long> ends) {
        List<Stored> all = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!atEnd(subscriber.positions(), ends)) {
            for (ReceivedRecord record : subscriber.poll(Duration.ofMillis(100))) {
                if (record.offset() < ends.get(record.topicPartition())) {
                    all.add(stored(record));
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "read %d records, to %s, but not to the ends %s within %s"
                                .formatted(all.size(), subscriber.positions(), ends, PATIENCE));
            }
        }
        return all;
    }

    private static boolean atEnd(
            Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end -> positions.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }
}
