package io.millrace.tests.groups;

import io.millrace.client.MillraceClient;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.tests.history.GroupHistoryWriter;
import io.millrace.tests.history.GroupProgress;
import io.millrace.tests.history.Payload;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Reads the dead letters of a group, and writes them down. */
final class DeadLetters implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final MillraceClient client;
    private final TopicPartition topic;
    private final GroupHistoryWriter history;
    private final Map<Integer, BitSet> dead = new TreeMap<>();
    private Subscriber subscriber;
    private int poison;
    private int others;

    DeadLetters(MillraceClient client, String group, GroupHistoryWriter history) {
        this.client = client;
        this.topic = new TopicPartition(group + ".dlq", 0);
        this.history = history;
    }

    /** Reads on; whether each record is acknowledged or here. */
    boolean complete(GroupProgress progress, Map<Integer, Long> ends) {
        read();
        return ends.entrySet().stream()
                .allMatch(
                        end -> {
                            BitSet done = (BitSet) progress.acknowledged(end.getKey()).clone();
                            done.or(of(end.getKey()));
                            return done.nextClearBit(0) >= end.getValue();
                        });
    }

    private void read() {
        if (subscriber == null) {
            boolean exists =
                    client.admin().listTopics().stream()
                            .anyMatch(each -> each.name().equals(topic.topic()));
            if (!exists) {
                return;
            }
            subscriber = client.newSubscriber().partition(topic, Position.earliest()).open();
        }
        for (ReceivedRecord letter : subscriber.poll(POLL)) {
            int partition = (int) number(letter, "millrace-dlq-partition");
            long offset = number(letter, "millrace-dlq-offset");
            OptionalLong value = Payload.value(letter.value(), partition);
            if (value.isPresent()) {
                of(partition).set((int) offset);
                history.deadLetter(partition, offset, value.getAsLong());
                if (Poison.is(value.getAsLong())) {
                    poison++;
                } else {
                    others++;
                }
            } else {
                history.corrupt(partition, offset);
            }
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

    private BitSet of(int partition) {
        return dead.computeIfAbsent(partition, key -> new BitSet());
    }

    private static long number(ReceivedRecord letter, String header) {
        return letter.headers().stream()
                .filter(each -> each.name().equals(header))
                .mapToLong(each -> Long.parseLong(each.text()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a dead letter without " + header));
    }

    @Override
    public void close() {
        if (subscriber != null) {
            subscriber.close();
        }
    }
}
