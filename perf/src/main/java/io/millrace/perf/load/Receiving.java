package io.millrace.perf.bench;

import io.millrace.client.MillraceClient;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.client.subscribe.SubscriberBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Receives the partitions of a topic, shared among subscribers, each on a thread of its own, from
 * given offsets to ends that may be told later. Thread-safe.
 */
final class Receiving implements AutoCloseable {
    /** After the end is known: so long may nothing come before it is given up. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int POLL_RECORDS = 10_000;

    private final String topic;
    private final long[] starts;
    private final Sink sink;
    private final RunClock clock;
    private final CountDownLatch running;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private volatile long[] ends;
    private volatile boolean stopped;

    /** Takes the records of a subscriber, on its thread: those of one partition from one thread. */
    interface Sink {
        /**
         * Takes a record.
         *
         * @param nanos when it came, by the clock of the run
         */
        void accept(ReceivedRecord record, long nanos);
    }

    /**
     * Opens the subscribers; blocks until the topic is known to them.
     *
     * @param count how many; those beyond the number of partitions are left out
     * @param starts by partition
     */
    Receiving(
            MillraceClient client,
            String topic,
            int count,
            long[] starts,
            Sink sink,
            RunClock clock) {
        this.topic = topic;
        this.starts = starts.clone();
        this.sink = sink;
        this.clock = clock;
        int used = Math.min(count, starts.length);
        this.running = new CountDownLatch(used);
        for (int i = 0; i < used; i++) {
            int first = i;
            Subscriber subscriber = open(client, first, used);
            subscribers.add(subscriber);
            threads.add(
                    new Thread(() -> run(subscriber, first, used), "millrace-bench-receive-" + i));
        }
        threads.forEach(thread -> thread.setDaemon(true));
        threads.forEach(Thread::start);
    }

    /** The bytes of key and value. */
    static int bytes(ReceivedRecord record) {
        return length(record.key()) + length(record.value());
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Lets it end when it has everything below these offsets. */
    void finishAt(long[] offsets) {
        ends = offsets.clone();
    }

    /** Waits until all has come; false if the time was over before. */
    boolean await(Duration time) throws InterruptedException {
        return running.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Why it ended before the end; null if it did not.
     *
     * @return what a subscriber threw
     */
    RuntimeException failure() {
        return failure.get();
    }

    /** Ends at once; returns when no more records go to the sink. */
    @Override
    public void close() {
        stopped = true;
        subscribers.forEach(Subscriber::close);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private Subscriber open(MillraceClient client, int first, int step) {
        SubscriberBuilder builder = client.newSubscriber().maxPollRecords(POLL_RECORDS);
        for (int partition = first; partition < starts.length; partition += step) {
            builder.partition(
                    new TopicPartition(topic, partition), Position.offset(starts[partition]));
        }
        return builder.open();
    }

    private void run(Subscriber subscriber, int first, int step) {
        long[] next = starts.clone();
        try {
            long progress = clock.nanos();
            while (!stopped && failure.get() == null && !isAtEnd(next, first, step)) {
                List<ReceivedRecord> records = subscriber.poll(POLL);
                long now = clock.nanos();
                for (ReceivedRecord record : records) {
                    next[record.partition()] = record.offset() + 1;
                    sink.accept(record, now);
                }
                if (!records.isEmpty() || ends == null) {
                    progress = now;
                }
                checkProgress(now - progress, next, first, step);
            }
        } catch (RuntimeException e) {
            if (!stopped) {
                failure.compareAndSet(null, e);
            }
        } finally {
            running.countDown();
        }
    }

    private boolean isAtEnd(long[] next, int first, int step) {
        return ends != null && behind(next, first, step) < 0;
    }

    /** A partition whose end is not reached; -1 if there is none. */
    private int behind(long[] next, int first, int step) {
        for (int partition = first; partition < next.length; partition += step) {
            if (next[partition] < ends[partition]) {
                return partition;
            }
        }
        return -1;
    }

    private void checkProgress(long idleNanos, long[] next, int first, int step) {
        if (idleNanos > PATIENCE_NANOS) {
            int partition = behind(next, first, step);
            throw new IllegalStateException(
                    "nothing came for %d s, though partition %d of topic %s goes from offset %d to %d"
                            .formatted(
                                    TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS),
                                    partition,
                                    topic,
                                    next[partition],
                                    ends[partition]));
        }
    }
}
