package io.millrace.client.queue;

import io.millrace.client.record.Bounds;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Collects how a handler is called; the defaults suit most. Not thread-safe. */
public final class QueueWorkerBuilder {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Duration LONGEST_DELAY = Duration.ofHours(24);

    private final QueueReceiverBuilder member;
    private final DeliveryHandler handler;
    private int concurrency = 1;
    private Duration maxProcessing = Duration.ofMinutes(10);
    private Duration firstDelay = Duration.ofSeconds(1);
    private Duration longestDelay = Duration.ofMinutes(5);
    private ThreadFactory threads = QueueWorkerBuilder::daemon;

    QueueWorkerBuilder(QueueReceiverBuilder member, DeliveryHandler handler) {
        this.member = member;
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * How many records are processed at a time; 1 to 1,000, default 1. Records of one partition
     * with the same key are never processed at the same time, here or elsewhere.
     */
    public QueueWorkerBuilder concurrency(int records) {
        concurrency = (int) Bounds.check("concurrency", records, 1, 1_000);
        return this;
    }

    /**
     * How long the handler may take for a record: so long its lease is renewed by itself; 1 s to 24
     * h, default 10 min. After that the lease runs out and the record is delivered again, while the
     * handler may still be at it: it is not interrupted.
     */
    public QueueWorkerBuilder maxProcessing(Duration time) {
        maxProcessing =
                Bounds.check("maxProcessing", time, Duration.ofSeconds(1), Duration.ofHours(24));
        return this;
    }

    /**
     * How long a record waits that has failed: doubles with each delivery between two bounds, with
     * jitter; default 1 s to 5 min. How often it is delivered is the group's {@code
     * max.deliveries}.
     *
     * @param first the first wait, 1 ms to 24 h
     * @param longest the longest wait, from the first to 24 h
     */
    public QueueWorkerBuilder retryDelay(Duration first, Duration longest) {
        firstDelay = Bounds.check("first", first, Duration.ofMillis(1), LONGEST_DELAY);
        longestDelay = Bounds.check("longest", longest, first, LONGEST_DELAY);
        return this;
    }

    /** Where the threads come from, virtual ones if you like; default: daemon threads. */
    public QueueWorkerBuilder threads(ThreadFactory factory) {
        threads = Objects.requireNonNull(factory, "threads");
        return this;
    }

    /**
     * Begins. Returns at once.
     *
     * @throws IllegalArgumentException if no topic was named
     */
    public QueueWorker start() {
        QueueWorker worker =
                new QueueWorker(
                        member.member(2 * concurrency),
                        handler,
                        new WorkTerms(
                                concurrency,
                                maxProcessing,
                                firstDelay,
                                longestDelay,
                                threads,
                                new Random(ThreadLocalRandom.current().nextLong())));
        worker.start();
        return worker;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "millrace-queue-worker-" + NUMBERS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
