package io.millrace.tests.history;

import io.millrace.tests.history.GeneratedHistory.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A group in queue mode that goes through the logs of a generated history as it should: records of
 * one key one after the other, some handed back, some never settled, some given up.
 */
final class GeneratedQueue {

    private static final int MAX_DELIVERIES = 4;
    private static final int WINDOW = 20;

    private record Delivery(int client, int offset, int count) {}

    private record Answer(Delivery delivery, Settled fate, boolean durable) {}

    private final GeneratedHistory history;
    private final Random random;
    private final int partition;
    private final List<Long> log;
    private final boolean[] done;
    private final int[] counts;
    private final boolean[] leased;
    private final List<Delivery> running = new ArrayList<>();

    /** Deliveries whose time has run out; their members do not know. */
    private final List<Delivery> expired = new ArrayList<>();

    private final List<Answer> answers = new ArrayList<>();
    private final List<Integer> dead = new ArrayList<>();
    private int next;

    private GeneratedQueue(GeneratedHistory history, int partition, Random random) {
        this.history = history;
        this.random = random;
        this.partition = partition;
        this.log = history.log(partition);
        this.done = new boolean[log.size()];
        this.counts = new int[log.size()];
        this.leased = new boolean[log.size()];
    }

    /** Adds a group to a history. */
    static void join(GeneratedHistory history, Random random) {
        for (int partition = 0; partition < history.partitions(); partition++) {
            new GeneratedQueue(history, partition, random).run();
        }
    }

    private void run() {
        while (next < log.size()) {
            int choice = random.nextInt(100);
            if (choice < 50) {
                receive();
            } else if (choice < 85) {
                settle();
            } else if (choice < 95) {
                answer();
            } else if (choice < 98) {
                expire();
            } else {
                settleExpired();
            }
            while (next < done.length && done[next]) {
                next++;
            }
        }
        while (!answers.isEmpty()) {
            answer();
        }
        for (int offset : dead) {
            Event event =
                    history.add(GeneratedHistory.FIRST_MEMBER, EventKind.DEAD_LETTER, partition);
            event.offset = offset;
            event.value = log.get(offset);
        }
        history.add(GeneratedHistory.FIRST_MEMBER, EventKind.DRAINED, partition).offset =
                log.size();
    }

    private int member() {
        return GeneratedHistory.FIRST_MEMBER + random.nextInt(GeneratedHistory.MEMBERS);
    }

    /** The first of each key that is not done, unless it is with somebody. */
    private void receive() {
        int client = member();
        Event taking = history.add(client, EventKind.TAKING, partition);
        taking.value = taking.time - 1;
        Set<Integer> keys = new HashSet<>();
        int wanted = 1 + random.nextInt(4);
        for (int at = next; at < Math.min(log.size(), next + WINDOW) && wanted > 0; at++) {
            if (!done[at] && keys.add(Value.key(log.get(at))) && !leased[at]) {
                leased[at] = true;
                Delivery delivery = new Delivery(client, at, ++counts[at]);
                running.add(delivery);
                Event event = event(delivery, EventKind.RECEIVED);
                event.extra = delivery.count;
                wanted--;
            }
        }
    }

    private Event event(Delivery delivery, EventKind kind) {
        Event event = history.add(delivery.client, kind, partition);
        event.offset = delivery.offset;
        event.value = log.get(delivery.offset);
        return event;
    }

    private void settle() {
        if (running.isEmpty()) {
            return;
        }
        Delivery delivery = running.remove(random.nextInt(running.size()));
        int luck = random.nextInt(100);
        Settled fate = luck < 80 ? Settled.ACKED : luck < 95 ? Settled.NACKED : Settled.REJECTED;
        ask(delivery, fate, random.nextInt(20) > 0);
        int at = delivery.offset;
        leased[at] = false;
        if (fate == Settled.ACKED) {
            done[at] = true;
        } else if (fate == Settled.REJECTED || delivery.count == MAX_DELIVERIES) {
            giveUp(at);
        }
    }

    private void giveUp(int at) {
        done[at] = true;
        dead.add(at);
    }

    private void ask(Delivery delivery, Settled fate, boolean durable) {
        event(delivery, EventKind.SETTLE_ASKED).extra = fate.pack(delivery.count);
        answers.add(new Answer(delivery, fate, durable));
    }

    private void answer() {
        if (answers.isEmpty()) {
            return;
        }
        Answer answer = answers.remove(random.nextInt(answers.size()));
        EventKind kind = answer.durable ? EventKind.SETTLE_OK : EventKind.SETTLE_FAILED;
        event(answer.delivery, kind).extra = answer.fate.pack(answer.delivery.count);
    }

    private void expire() {
        if (!running.isEmpty()) {
            Delivery delivery = running.remove(random.nextInt(running.size()));
            expired.add(delivery);
            leased[delivery.offset] = false;
            if (delivery.count == MAX_DELIVERIES) {
                giveUp(delivery.offset);
            }
        }
    }

    private void settleExpired() {
        if (!expired.isEmpty()) {
            Delivery delivery = expired.remove(random.nextInt(expired.size()));
            if (counts[delivery.offset] > delivery.count && random.nextBoolean()) {
                receiveLate(delivery);
            }
            ask(delivery, Settled.NACKED, false);
        }
    }

    /** Its member stood still, and reads only now what has been delivered to others since. */
    private void receiveLate(Delivery delivery) {
        Event taking = history.add(delivery.client, EventKind.TAKING, partition);
        taking.value = taking.time - 1;
        event(delivery, EventKind.RECEIVED).extra = delivery.count;
    }
}
