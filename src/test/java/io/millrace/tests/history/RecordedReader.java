package io.millrace.tests.history;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.client.subscribe.SubscriberBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Follows all partitions of a topic, asks for the ends of its logs, now and then goes elsewhere,
 * and writes down what it sees.
 */
public final class RecordedReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration JOIN = Duration.ofSeconds(60);
    private static final int POLLS_PER_SEEK = 300;
    private static final int KEPT_FAILURES = 10;

    private static final Set<ErrorCode> AWAY =
            EnumSet.of(
                    ErrorCode.NOT_READY,
                    ErrorCode.NOT_LEADER,
                    ErrorCode.LEADER_UNAVAILABLE,
                    ErrorCode.DEADLINE_EXCEEDED);

    private final Recording recording;
    private final HistoryWriter history;
    private final HistoryWriter ends;
    private final String servers;
    private final int partitions;
    private final Random random;
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Map<TopicPartition, Long> places = new HashMap<>();
    private final Thread reader = new Thread(this::read, "recorded-reader");
    private final Thread asker = new Thread(this::ask, "recorded-ends");
    private volatile boolean stopped;
    private volatile long records;

    private RecordedReader(Recording recording, String servers, int partitions, Random random)
            throws IOException {
        this.recording = recording;
        this.history = recording.client("subscriber");
        this.ends = recording.client("ends");
        this.servers = servers;
        this.partitions = partitions;
        this.random = random;
    }

    /** Starts reading at the beginning. */
    public static RecordedReader start(
            Recording recording, String servers, int partitions, Random random) throws IOException {
        RecordedReader reader = new RecordedReader(recording, servers, partitions, random);
        for (Thread thread : List.of(reader.reader, reader.asker)) {
            thread.setDaemon(true);
            thread.start();
        }
        return reader;
    }

    /** How many records it has read. */
    public long records() {
        return records;
    }

    /** What should not have happened to it; it went on all the same. */
    public List<Throwable> failures() {
        return failures;
    }

    /** Reads no more. */
    public void stop() throws InterruptedException, IOException {
        stopped = true;
        reader.join(JOIN.toMillis());
        asker.join(JOIN.toMillis());
        history.close();
        ends.close();
    }

    @Override
    public void close() {
        stopped = true;
    }

    private void read() {
        for (int i = 0; i < partitions; i++) {
            places.put(new TopicPartition(recording.topic(), i), 0L);
        }
        while (!stopped) {
            try (MillraceClient client = MillraceClient.connect(servers);
                    Subscriber subscriber = open(client)) {
                follow(subscriber);
            } catch (MillraceException e) {
                failed(e);
            }
        }
    }

    private Subscriber open(MillraceClient client) {
        SubscriberBuilder builder = client.newSubscriber();
        places.forEach((partition, offset) -> builder.partition(partition, at(offset)));
        return builder.open();
    }

    private static Position at(long offset) {
        return offset == 0 ? Position.earliest() : Position.offset(offset);
    }

    private void follow(Subscriber subscriber) {
        for (int poll = 1; !stopped; poll++) {
            for (ReceivedRecord record : subscriber.poll(POLL)) {
                records++;
                places.put(record.topicPartition(), record.offset() + 1);
                OptionalLong value = Payload.value(record.value(), record.partition());
                if (value.isPresent()) {
                    history.read(record.partition(), record.offset(), value.getAsLong(), poll);
                } else {
                    history.readCorrupt(record.partition(), record.offset());
                }
            }
            if (random.nextInt(POLLS_PER_SEEK) == 0) {
                seek(subscriber);
            }
        }
    }

    /** To some place that it has seen before. */
    private void seek(Subscriber subscriber) {
        TopicPartition partition =
                new TopicPartition(recording.topic(), random.nextInt(partitions));
        long place = places.get(partition);
        long target = (long) (place * (0.8 + 0.2 * random.nextDouble()));
        history.position(partition.partition());
        places.put(partition, target);
        subscriber.seek(partition, at(target));
    }

    private void ask() {
        try (MillraceClient client = MillraceClient.connect(servers)) {
            while (!stopped) {
                askOnce(client);
            }
        }
    }

    private void askOnce(MillraceClient client) {
        int partition = (int) (System.nanoTime() / 1_000 % partitions);
        ends.endInvoked(partition);
        try {
            List<FoundOffset> found =
                    client.admin()
                            .findOffsets(recording.topic(), List.of(partition), Position.latest());
            ends.endAnswered(partition, found.get(0).offset());
            LockSupport.parkNanos(100_000_000);
        } catch (MillraceException e) {
            failed(e);
        }
    }

    /** Going away for a while is allowed; saying that something is gone is not. */
    private void failed(MillraceException e) {
        if (!AWAY.contains(e.code()) && failures.size() < KEPT_FAILURES) {
            failures.add(e);
        }
    }
}
