package io.millrace.tests.processes;

import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Publishes records of several keys, many in flight, until it is stopped; keeps the ledger. */
public final class Load implements AutoCloseable {

    private static final int KEYS = 16;
    private static final int MAX_IN_FLIGHT = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KEPT_FAILURES = 10;

    private final String topic;
    private final Publisher publisher;
    private final Ledger ledger;
    private final Random random;
    private final String padding;
    private final Semaphore permits = new Semaphore(MAX_IN_FLIGHT);
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean stopped;
    private long count;

    private Load(String topic, Publisher publisher, Ledger ledger, Random random, int valueBytes) {
        this.topic = topic;
        this.publisher = publisher;
        this.ledger = ledger;
        this.random = random;
        this.count = ledger.sentCount();
        this.padding = " ".repeat(valueBytes);
    }

    /**
     * Starts publishing.
     *
     * @param publisher closed with the load
     * @param valueBytes the size of a value, without some bytes that tell it from others
     */
    public static Load start(
            Publisher publisher, String topic, Ledger ledger, Random random, int valueBytes) {
        Load load = new Load(topic, publisher, ledger, random, valueBytes);
        load.thread.setDaemon(true);
        load.thread.start();
        return load;
    }

    /** As {@link #start(Publisher, String, Ledger, Random, int)}, with the defaults of the SDK. */
    public static Load start(
            MillraceClient client, String topic, Ledger ledger, Random random, int valueBytes) {
        return start(client.openPublisher(), topic, ledger, random, valueBytes);
    }

    /** Waits until so many more were acknowledged. */
    public void awaitAcknowledged(long more) {
        long target = ledger.acknowledgedCount() + more;
        await("%d more acknowledgements".formatted(more))
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> ledger.acknowledgedCount() >= target);
    }

    /** The first failures of records; none, if the publisher has hidden all that went wrong. */
    public List<Throwable> failures() {
        return failures;
    }

    /** Sends no more, and waits until everything has its answer. */
    public void stop() throws InterruptedException {
        stopped = true;
        thread.join(PATIENCE.toMillis());
        publisher.close();
        if (thread.isAlive() || ledger.inFlight() > 0) {
            throw new IllegalStateException(
                    ledger.inFlight() + " records still have no answer; the publisher owes one");
        }
    }

    @Override
    public void close() {
        stopped = true;
        publisher.close(Duration.ZERO);
    }

    private void run() {
        try {
            while (!stopped) {
                if (permits.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                    publish();
                }
            }
        } catch (InterruptedException | IllegalStateException e) {
            failures.add(e);
        }
    }

    private void publish() {
        String key = "key-" + random.nextInt(KEYS);
        String value = "%d-%s".formatted(count++, key);
        ledger.sent(key, value);
        publisher
                .publish(OutgoingRecord.of(topic, key, value + padding))
                .whenComplete((stored, failure) -> answered(value, stored, failure));
    }

    private void answered(String value, PublishedRecord stored, Throwable failure) {
        permits.release();
        if (failure == null) {
            ledger.acknowledged(value, stored.partition().partition(), stored.offset());
            return;
        }
        if (failures.size() < KEPT_FAILURES) {
            failures.add(failure);
        }
        if (failure instanceof MillraceException known
                && known.outcome() == WriteOutcome.NOT_APPLIED) {
            ledger.refused(value);
        } else {
            ledger.unknown(value);
        }
    }
}
