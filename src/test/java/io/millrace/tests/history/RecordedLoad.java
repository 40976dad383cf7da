package io.millrace.tests.history;

import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes at a steady rate, whatever happens, to partitions chosen by chance, and writes down
 * what came of it. Its client may be thrown away and made anew every so often.
 */
public final class RecordedLoad implements AutoCloseable {

    private static final int MAX_IN_FLIGHT = 100_000;
    private static final int KEPT_FAILURES = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    /**
     * What it does.
     *
     * @param partitions how many the topic has
     * @param perSecond records a second
     * @param valueBytes size of a value
     * @param life how long a client lives before it is thrown away; zero: to the end
     * @param deadline how long a record may take to its answer
     * @param keyed whether records have keys, see {@link Value#key}
     */
    public record Plan(
            int partitions,
            int perSecond,
            int valueBytes,
            Duration life,
            Duration deadline,
            boolean keyed) {

        /** With the deadline that publishers have by default. */
        public Plan(int partitions, int perSecond, int valueBytes, Duration life) {
            this(partitions, perSecond, valueBytes, life, Duration.ofSeconds(120), false);
        }

        /** The same with another deadline. */
        public Plan deadline(Duration other) {
            return new Plan(partitions, perSecond, valueBytes, life, other, keyed);
        }

        /** The same with keys. */
        public Plan withKeys() {
            return new Plan(partitions, perSecond, valueBytes, life, deadline, true);
        }
    }

    private final Recording recording;
    private final HistoryWriter history;
    private final String servers;
    private final Plan plan;
    private final Random random;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong inFlight = new AtomicLong();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "recorded-load");
    private volatile boolean stopped;
    private volatile boolean dying;

    private RecordedLoad(Recording recording, String servers, Plan plan, Random random)
            throws IOException {
        this.recording = recording;
        this.history = recording.client("publisher");
        this.servers = servers;
        this.plan = plan;
        this.random = random;
    }

    /** Starts publishing. */
    public static RecordedLoad start(Recording recording, String servers, Plan plan, Random random)
            throws IOException {
        RecordedLoad load = new RecordedLoad(recording, servers, plan, random);
        load.thread.setDaemon(true);
        load.thread.start();
        return load;
    }

    /** How many were acknowledged so far. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Waits until so many more were acknowledged. */
    public void awaitAcknowledged(long more) {
        long target = acknowledged.get() + more;
        await("%d more acknowledgements".formatted(more))
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> acknowledged.get() >= target || !thread.isAlive());
    }

    /** The first failures, without those of clients that were thrown away. */
    public List<Throwable> failures() {
        return failures;
    }

    /** Sends no more, and waits until everything has its answer. */
    public void stop() throws InterruptedException, IOException {
        stopped = true;
        thread.join(PATIENCE.toMillis());
        if (thread.isAlive() || inFlight.get() > 0) {
            throw new IllegalStateException(inFlight + " records still have no answer");
        }
        history.close();
    }

    /** Throws the client away, with whatever is in flight. */
    @Override
    public void close() throws IOException {
        stopped = true;
        dying = true;
        LockSupport.unpark(thread);
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        history.close();
    }

    private void run() {
        try {
            while (!stopped) {
                live(recording.nextProducer());
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private void live(int producer) {
        try (MillraceClient client = MillraceClient.connect(servers)) {
            Publisher publisher = client.newPublisher().deadline(plan.deadline()).open();
            long begin = System.nanoTime();
            long end = plan.life().isZero() ? Long.MAX_VALUE : begin + plan.life().toNanos();
            long counter = 0;
            while (!stopped && System.nanoTime() < end) {
                long due = (long) ((System.nanoTime() - begin) / 1e9 * plan.perSecond());
                while (counter < due && inFlight.get() < MAX_IN_FLIGHT && !stopped) {
                    publish(publisher, Value.of(producer, counter++));
                }
                LockSupport.parkNanos(2_000_000);
            }
            dying |= !stopped;
            publisher.close(dying ? Duration.ZERO : PATIENCE);
            dying &= stopped;
        }
    }

    private void publish(Publisher publisher, long value) {
        int partition = random.nextInt(plan.partitions());
        byte[] payload = Payload.of(value, partition, plan.valueBytes());
        inFlight.incrementAndGet();
        history.sendInvoked(partition, value, 0);
        OutgoingRecord.Builder record =
                OutgoingRecord.to(recording.topic()).partition(partition).value(payload);
        if (plan.keyed()) {
            record.key("key-" + Value.key(value));
        }
        publisher
                .publish(record.build())
                .whenComplete((stored, failure) -> answered(partition, value, stored, failure));
    }

    private void answered(int partition, long value, PublishedRecord stored, Throwable failure) {
        if (failure == null) {
            history.sendAcknowledged(partition, value, stored.offset());
            acknowledged.incrementAndGet();
        } else {
            if (!dying && failures.size() < KEPT_FAILURES) {
                failures.add(failure);
            }
            if (failure instanceof MillraceException known
                    && known.outcome() == WriteOutcome.NOT_APPLIED) {
                history.sendRefused(partition, value);
            } else {
                history.sendUnknown(partition, value);
            }
        }
        inFlight.decrementAndGet();
    }
}
