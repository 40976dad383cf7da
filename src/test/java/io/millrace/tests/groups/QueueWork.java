package io.millrace.tests.groups;

import io.millrace.client.MillraceClient;
import io.millrace.client.queue.Delivery;
import io.millrace.client.queue.QueueReceiver;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.tests.history.GroupHistoryWriter;
import io.millrace.tests.history.Payload;
import io.millrace.tests.history.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Receives in queue mode, and settles everything at once; poison it hands back or rejects. */
final class QueueWork implements GroupMember.Work {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration AGAIN_IN = Duration.ofMillis(50);

    private final GroupHistoryWriter history;
    private final QueueReceiver member;

    private record Task(Delivery delivery, long value, Settled fate) {}

    QueueWork(MillraceClient client, MemberTerms terms, GroupHistoryWriter history) {
        this.history = history;
        this.member =
                client.queue(terms.group()).topics(terms.topic()).lease(terms.lease()).build();
    }

    @Override
    public void step() {
        long called = System.nanoTime();
        List<Task> tasks = new ArrayList<>();
        Set<Integer> told = new HashSet<>();
        for (Delivery delivery : member.receive(POLL)) {
            ReceivedRecord record = delivery.record();
            int partition = record.partition();
            if (told.add(partition)) {
                history.taking(partition, called);
            }
            OptionalLong value = Payload.value(record.value(), partition);
            if (value.isEmpty()) {
                history.corrupt(partition, record.offset());
                continue;
            }
            long known = value.getAsLong();
            history.received(partition, record.offset(), known, delivery.deliveryCount());
            tasks.add(new Task(delivery, known, fate(known)));
        }
        tasks.forEach(this::ask);
        history.flush();
        tasks.forEach(this::settle);
    }

    private static Settled fate(long value) {
        if (!Poison.is(value)) {
            return Settled.ACKED;
        }
        return Poison.isPlain(value) ? Settled.REJECTED : Settled.NACKED;
    }

    private void ask(Task task) {
        ReceivedRecord record = task.delivery.record();
        int count = task.delivery.deliveryCount();
        history.settleAsked(record.partition(), record.offset(), task.value, task.fate, count);
    }

    private void settle(Task task) {
        ReceivedRecord record = task.delivery.record();
        int count = task.delivery.deliveryCount();
        (switch (task.fate) {
                    case ACKED -> task.delivery.ack();
                    case NACKED -> task.delivery.nack(AGAIN_IN, "poison");
                    case REJECTED -> task.delivery.reject("plain poison");
                })
                .whenComplete(
                        (done, failure) ->
                                history.settleAnswered(
                                        record.partition(),
                                        record.offset(),
                                        task.value,
                                        task.fate,
                                        count,
                                        failure == null));
    }

    @Override
    public void close() {
        member.close();
    }
}
