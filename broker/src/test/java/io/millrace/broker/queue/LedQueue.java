package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueResult.Settled;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A queue, its leader, and the simplest of drivers: it does at once what the dispatcher wants. */
final class LedQueue {

    static final QueueKey KEY = new QueueKey(1, 1);

    final QueueTable table = new QueueTable();
    final TreeMap<Long, QueueRecord> log = new TreeMap<>();
    final List<DeadLetterWish> deadLetters = new ArrayList<>();
    final List<Long> tokens = new ArrayList<>();
    QueueSettings settings = QueueSettings.DEFAULT;
    QueueDispatcher dispatcher;
    long nowMs = 1_000_000;
    private long term;

    LedQueue() {
        table.apply(new QueueCommand.OpenQueue(KEY, 0));
    }

    /** A new leader begins. */
    LedQueue lead() {
        dispatcher =
                new QueueDispatcher(
                        KEY, progress(), settings, new DeliveryIds(++term), nowMs, nowMs);
        return this;
    }

    LedQueue settings(int window, int maxDeliveries, int breakerPercent) {
        settings = new QueueSettings(window, 30_000, maxDeliveries, breakerPercent);
        return this;
    }

    LedQueue member(String memberId, int credit) {
        dispatcher.join(memberId, 0);
        dispatcher.credit(memberId, credit);
        return this;
    }

    /** Appends a record; key 0 is none. */
    LedQueue append(long... keys) {
        for (long key : keys) {
            appendFor(key, 0);
        }
        return this;
    }

    LedQueue appendFor(long key, long deliverAtMs) {
        long offset = log.size();
        log.put(offset, new QueueRecord(offset, key != 0, key, deliverAtMs));
        return this;
    }

    QueueProgress progress() {
        return table.get(KEY);
    }

    /** Reads, settles, copies and hands out, until nothing more happens. */
    List<RecordDelivery> turn() {
        settle();
        List<RecordDelivery> all = new ArrayList<>();
        List<RecordDelivery> some;
        do {
            read();
            some = dispatcher.dispatch(100);
            all.addAll(some);
        } while (!some.isEmpty());
        return all;
    }

    List<Long> offsets() {
        return turn().stream().map(RecordDelivery::offset).toList();
    }

    void read() {
        ReadWish wish = dispatcher.wish();
        while (wish != null && log.containsKey(wish.from())) {
            log.subMap(wish.from(), wish.to()).values().forEach(dispatcher::offer);
            wish = dispatcher.wish();
        }
    }

    void settle() {
        boolean moved = true;
        while (moved) {
            moved = false;
            QueueChange change;
            while ((change = dispatcher.drain()) != null) {
                moved = true;
                apply(change);
            }
            for (DeadLetterWish wish : dispatcher.giveUps(100)) {
                moved = true;
                deadLetters.add(wish);
                dispatcher.copied(wish.offset());
            }
        }
    }

    private void apply(QueueChange change) {
        Settled settled = (Settled) table.apply(new SettleRecords(List.of(change.settlement())));
        if (settled.results().get(0) instanceof QueueResult.Refused) {
            dispatcher.notApplied(change.id());
        } else {
            tokens.addAll(dispatcher.confirmed(change.id()));
        }
    }

    void pass(long millis) {
        long end = nowMs + millis;
        while (nowMs < end) {
            nowMs = Math.min(end, nowMs + 1_000);
            dispatcher.tick(nowMs, nowMs);
        }
    }

    SettleOutcome ack(RecordDelivery delivery) {
        return say(delivery, new DeliveryFate.Ack());
    }

    SettleOutcome nack(RecordDelivery delivery, long delayMs) {
        return say(delivery, new DeliveryFate.Nack(delayMs, "no"));
    }

    SettleOutcome say(RecordDelivery delivery, DeliveryFate fate) {
        return dispatcher.settle(
                delivery.memberId(), delivery.offset(), delivery.deliveryId(), fate, 77);
    }
}
