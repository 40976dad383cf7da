package io.millrace.client.group;

import io.millrace.client.record.Bounds;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Collects how a handler is called; the defaults suit most. Not thread-safe. */
public final class GroupWorkerBuilder {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final GroupSubscriberBuilder member;
    private final RecordHandler handler;
    private int concurrency = 1;
    private int maxInWork = 1_000;
    private int retries = 10;
    private Duration firstWait = Duration.ofMillis(100);
    private Duration longestWait = Duration.ofSeconds(10);
    private ExhaustedRetries exhausted = ExhaustedRetries.stop();
    private ThreadFactory threads = GroupWorkerBuilder::daemon;

    GroupWorkerBuilder(GroupSubscriberBuilder member, RecordHandler handler) {
        this.member = member;
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * How many records are processed at a time; 1 to 1,000, default 1. Records of one partition
     * with the same key are processed in order, one after the other; records without a key in any
     * order if it is above 1.
     */
    public GroupWorkerBuilder concurrency(int records) {
        concurrency = (int) Bounds.check("concurrency", records, 1, 1_000);
        return this;
    }

    /** How many records may wait to be processed; 1 to 1,000,000, default 1,000. */
    public GroupWorkerBuilder maxInWork(int records) {
        maxInWork = (int) Bounds.check("maxInWork", records, 1, 1_000_000);
        return this;
    }

    /**
     * How often a record that failed is tried again, with waits that double between two bounds;
     * default 10 times, 100 ms to 10 s. Meanwhile records of other keys that share its thread wait.
     *
     * @param times 0 to 1,000
     * @param first the first wait, 1 ms to 1 h
     * @param longest the longest wait, from the first to 1 h
     */
    public GroupWorkerBuilder retry(int times, Duration first, Duration longest) {
        retries = (int) Bounds.check("times", times, 0, 1_000);
        firstWait = Bounds.check("first", first, Duration.ofMillis(1), Duration.ofHours(1));
        longestWait = Bounds.check("longest", longest, first, Duration.ofHours(1));
        return this;
    }

    /** What to do after the last retry; default {@link ExhaustedRetries#stop()}. */
    public GroupWorkerBuilder afterRetries(ExhaustedRetries action) {
        exhausted = Objects.requireNonNull(action, "afterRetries");
        return this;
    }

    /** Where the threads come from, virtual ones if you like; default: daemon threads. */
    public GroupWorkerBuilder threads(ThreadFactory factory) {
        threads = Objects.requireNonNull(factory, "threads");
        return this;
    }

    /**
     * Begins. Returns at once.
     *
     * @throws IllegalArgumentException if no topic was named
     */
    public GroupWorker start() {
        GroupWorker worker =
                new GroupWorker(
                        member.member(true),
                        handler,
                        new Retries(
                                retries,
                                firstWait,
                                longestWait,
                                exhausted,
                                new Random(ThreadLocalRandom.current().nextLong())),
                        concurrency,
                        maxInWork,
                        threads);
        worker.start();
        return worker;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "millrace-group-worker-" + NUMBERS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
