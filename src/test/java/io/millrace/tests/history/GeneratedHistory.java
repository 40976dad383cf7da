package io.millrace.tests.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A history as a cluster without faults of its own would give it: records are pipelined, refused,
 * left unknown; readers poll and seek; at the end three nodes are read. To be spoilt by tests.
 */
final class GeneratedHistory {

    static final int NODES = 3;
    static final long HEAL_AFTER_NANOS = 50_000_000;
    private static final int PRODUCERS = 6;
    private static final int READERS = 3;
    static final int MEMBERS = 4;
    static final int FIRST_MEMBER = PRODUCERS + READERS;
    private static final int DRAIN = FIRST_MEMBER + MEMBERS;
    private static final int NEMESIS = DRAIN + 1;
    private static final String[] CLIENTS = new String[NEMESIS + 1];

    static {
        for (int i = 0; i < PRODUCERS; i++) {
            CLIENTS[i] = "publisher-" + i;
        }
        for (int i = 0; i < READERS; i++) {
            CLIENTS[PRODUCERS + i] = "subscriber-" + i;
        }
        for (int i = 0; i < MEMBERS; i++) {
            CLIENTS[FIRST_MEMBER + i] = "member-" + i;
        }
        CLIENTS[DRAIN] = "drain";
        CLIENTS[NEMESIS] = "nemesis";
    }

    /** An event that can be changed. */
    static final class Event {
        final int client;
        EventKind kind;
        int node;
        int partition;
        int extra;
        long time;
        long value;
        long offset;

        Event(int client, EventKind kind, int partition, long time) {
            this.client = client;
            this.kind = kind;
            this.partition = partition;
            this.time = time;
        }

        Event copy() {
            return copy(client);
        }

        Event copy(int otherClient) {
            Event copy = new Event(otherClient, kind, partition, time);
            copy.node = node;
            copy.extra = extra;
            copy.value = value;
            copy.offset = offset;
            return copy;
        }
    }

    private static final class Producer {
        final int number;
        final boolean hasIdentity;
        final Map<Integer, Integer> nextSequence = new HashMap<>();
        final List<long[]> inFlight = new ArrayList<>();
        long counter;
        int batch;

        Producer(int number) {
            this.number = number;
            this.hasIdentity = number % 2 == 0;
        }
    }

    final List<Event> events = new ArrayList<>();
    private final Random random;
    private final int partitions;
    private final List<List<Long>> logs = new ArrayList<>();
    private final List<Producer> producers = new ArrayList<>();
    private final List<long[]> stored = new ArrayList<>();
    private final long[][] readTo;
    private long now = 1_000_000_000L;
    private int poll;

    private GeneratedHistory(Random random, int partitions) {
        this.random = random;
        this.partitions = partitions;
        this.readTo = new long[READERS][partitions];
        for (int i = 0; i < partitions; i++) {
            logs.add(new ArrayList<>());
        }
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new Producer(i));
        }
    }

    static GeneratedHistory of(Random random, int partitions, int steps) {
        GeneratedHistory history = new GeneratedHistory(random, partitions);
        for (int i = 0; i < steps; i++) {
            history.step();
        }
        history.finish();
        return history;
    }

    Event add(int client, EventKind kind, int partition) {
        now += 1 + random.nextInt(10_000);
        Event event = new Event(client, kind, partition, now);
        events.add(event);
        return event;
    }

    private void step() {
        int choice = random.nextInt(100);
        if (choice < 30) {
            invoke(producers.get(random.nextInt(PRODUCERS)), random.nextInt(partitions));
        } else if (choice < 60) {
            for (int i = random.nextInt(6); i >= 0; i--) {
                store(producers.get(random.nextInt(PRODUCERS)));
            }
        } else if (choice < 80) {
            for (int i = random.nextInt(8); i >= 0; i--) {
                acknowledge();
            }
        } else if (choice < 94) {
            poll(random.nextInt(READERS), random.nextInt(partitions));
        } else if (choice < 99) {
            askEnd(random.nextInt(READERS), random.nextInt(partitions));
        } else {
            seek(random.nextInt(READERS), random.nextInt(partitions));
        }
    }

    private void invoke(Producer producer, int partition) {
        int count = 1 + random.nextInt(3);
        producer.batch++;
        for (int i = 0; i < count; i++) {
            long value = Value.of(producer.number + 1, producer.counter++);
            Event event = add(producer.number, EventKind.SEND_INVOKE, partition);
            event.value = value;
            event.extra = producer.batch;
            if (producer.hasIdentity) {
                Event identity = add(producer.number, EventKind.SEND_IDENTITY, partition);
                identity.value = value;
                identity.offset = (long) (1_000 + producer.number) << 16 | 3;
                identity.extra = producer.nextSequence.merge(partition, 1, Integer::sum) - 1;
            }
            producer.inFlight.add(new long[] {value, partition});
        }
    }

    /** Stores the oldest; a producer without an identity may be refused or left in the dark. */
    private void store(Producer producer) {
        if (producer.inFlight.isEmpty()) {
            return;
        }
        long[] oldest = producer.inFlight.remove(0);
        int partition = (int) oldest[1];
        int luck = producer.hasIdentity ? 0 : random.nextInt(50);
        if (luck == 1 || luck == 2) {
            EventKind kind = luck == 1 ? EventKind.SEND_FAIL : EventKind.SEND_UNKNOWN;
            add(producer.number, kind, partition).value = oldest[0];
            return;
        }
        List<Long> log = logs.get(partition);
        if (luck == 3) {
            add(producer.number, EventKind.SEND_UNKNOWN, partition).value = oldest[0];
        } else {
            stored.add(new long[] {oldest[0], partition, log.size(), producer.number});
        }
        log.add(oldest[0]);
    }

    private void acknowledge() {
        if (stored.isEmpty()) {
            return;
        }
        long[] answer = stored.remove(random.nextInt(Math.min(5, stored.size())));
        Event event = add((int) answer[3], EventKind.SEND_OK, (int) answer[1]);
        event.value = answer[0];
        event.offset = answer[2];
    }

    private void poll(int reader, int partition) {
        List<Long> log = logs.get(partition);
        int count = 1 + random.nextInt(6);
        poll++;
        for (int i = 0; i < count && readTo[reader][partition] < log.size(); i++) {
            long offset = readTo[reader][partition]++;
            Event event = add(PRODUCERS + reader, EventKind.READ, partition);
            event.extra = poll;
            event.offset = offset;
            event.value = log.get((int) offset);
        }
    }

    private void askEnd(int reader, int partition) {
        add(PRODUCERS + reader, EventKind.END_INVOKE, partition);
        add(PRODUCERS + reader, EventKind.END_OK, partition).offset = logs.get(partition).size();
    }

    private void seek(int reader, int partition) {
        add(PRODUCERS + reader, EventKind.POSITION, partition);
        readTo[reader][partition] = random.nextInt(logs.get(partition).size() + 1);
    }

    private void finish() {
        now += HEAL_AFTER_NANOS;
        Event fault = add(NEMESIS, EventKind.FAULT, HistoryWriter.ALL_PARTITIONS);
        fault.extra = 1;
        add(NEMESIS, EventKind.HEALED, HistoryWriter.ALL_PARTITIONS);
        // The last of each partition, of a producer without an identity, is acknowledged.
        for (int partition = 0; partition < partitions; partition++) {
            invoke(producers.get(1), partition);
        }
        for (Producer producer : producers) {
            while (!producer.inFlight.isEmpty()) {
                long[] oldest = producer.inFlight.remove(0);
                List<Long> log = logs.get((int) oldest[1]);
                stored.add(new long[] {oldest[0], oldest[1], log.size(), producer.number});
                log.add(oldest[0]);
            }
        }
        while (!stored.isEmpty()) {
            acknowledge();
        }
        for (int node = 1; node <= NODES; node++) {
            for (int partition = 0; partition < partitions; partition++) {
                drain(node, partition);
            }
        }
    }

    private void drain(int node, int partition) {
        List<Long> log = logs.get(partition);
        for (int offset = 0; offset < log.size(); offset++) {
            Event event = add(DRAIN, EventKind.FINAL_READ, partition);
            event.node = node;
            event.offset = offset;
            event.value = log.get(offset);
        }
        Event end = add(DRAIN, EventKind.FINAL_END, partition);
        end.node = node;
        end.offset = log.size();
    }

    boolean hasIdentity(long value) {
        return producers.get(Value.producer(value) - 1).hasIdentity;
    }

    List<Long> log(int partition) {
        return logs.get(partition);
    }

    int partitions() {
        return partitions;
    }

    /** Events of some kind, in a random order. */
    List<Event> shuffled(Predicate<Event> which) {
        List<Event> chosen = new ArrayList<>(events.stream().filter(which).toList());
        Collections.shuffle(chosen, random);
        return chosen;
    }

    Event only(EventKind kind, long value) {
        return events.stream()
                .filter(event -> event.kind == kind && event.value == value)
                .findFirst()
                .orElseThrow();
    }

    void write(Path directory) throws IOException {
        List<HistoryWriter> writers = new ArrayList<>();
        for (String client : CLIENTS) {
            writers.add(HistoryWriter.create(directory, client, () -> now));
        }
        events.sort(Comparator.comparingLong(event -> event.time));
        for (Event event : events) {
            writers.get(event.client)
                    .append(
                            event.kind,
                            event.node,
                            event.partition,
                            event.extra,
                            event.time,
                            event.value,
                            event.offset);
        }
        for (HistoryWriter writer : writers) {
            writer.close();
        }
    }
}
