package io.millrace.tests.groups;

import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.tests.history.GroupHistoryWriter;
import io.millrace.tests.history.Payload;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Reads the dead letters of a group, and writes them down. */
final class DeadLetters {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MillraceClient client;
    private final TopicPartition topic;
    private final GroupHistoryWriter history;
    private int poison;
    private int others;

    DeadLetters(MillraceClient client, String group, GroupHistoryWriter history) {
        this.client = client;
        this.topic = new TopicPartition(group + ".dlq", 0);
        this.history = history;
    }

    /** Reads everything that there is now. */
    void readAll() {
        List<FoundOffset> ends = ends();
        if (ends.isEmpty()) {
            return;
        }
        long end = ends.get(0).offset();
        try (Subscriber subscriber =
                client.newSubscriber().partition(topic, Position.earliest()).open()) {
            await("all dead letters are read")
                    .atMost(PATIENCE)
                    .until(
                            () -> {
                                subscriber.poll(POLL).forEach(this::take);
                                return subscriber.positions().get(topic) >= end;
                            });
        }
    }

    private List<FoundOffset> ends() {
        boolean exists =
                client.admin().listTopics().stream()
                        .anyMatch(each -> each.name().equals(topic.topic()));
        return exists
                ? client.admin().findOffsets(topic.topic(), List.of(), Position.latest())
                : List.of();
    }

    private void take(ReceivedRecord letter) {
        int partition = (int) number(letter, "millrace-dlq-partition");
        long offset = number(letter, "millrace-dlq-offset");
        OptionalLong value = Payload.value(letter.value(), partition);
        if (value.isEmpty()) {
            history.corrupt(partition, offset);
            return;
        }
        history.deadLetter(partition, offset, value.getAsLong());
        if (Poison.is(value.getAsLong())) {
            poison++;
        } else {
            others++;
        }
    }

    /** How many of what was read is poison. */
    int poison() {
        return poison;
    }

    /** How many are not. */
    int others() {
        return others;
    }

    private static long number(ReceivedRecord letter, String header) {
        return letter.headers().stream()
                .filter(each -> each.name().equals(header))
                .mapToLong(each -> Long.parseLong(each.text()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a dead letter without " + header));
    }
}
