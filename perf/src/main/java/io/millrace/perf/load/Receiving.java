package io.millrace.perf.load;

import io.millrace.perf.driver.Driver;
import io.millrace.perf.driver.DriverSubscriber;
import io.millrace.perf.driver.RecordSink;
import io.millrace.perf.driver.SubscriberSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/**
 * Receives the partitions of a topic by subscribers, each on a thread of its own, from given
 * offsets to ends that may be told later. Thread-safe.
 */
public final class Receiving implements AutoCloseable {
    /** After the end is known: so long may nothing come before it is given up. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int POLL_RECORDS = 10_000;

    private final String topic;
    private final RunClock clock;
    private final List<Reader> readers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private final CountDownLatch running;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private volatile long[] ends;
    private volatile boolean stopped;

    /** Takes the records of a subscriber, on its thread: those of one partition from one thread. */
    public interface Sink {
        /**
         * Takes a record.
         *
         * @param key may be null
         * @param value may be null
         * @param nanos when it came, by the clock of the run
         */
        void accept(int partition, long offset, byte[] key, byte[] value, long nanos);
    }

    private Receiving(String topic, int readers, RunClock clock) {
        this.topic = topic;
        this.clock = clock;
        this.running = new CountDownLatch(readers);
    }

    /**
     * Lets subscribers share the partitions. Blocks until the topic is known to them.
     *
     * @param count how many; those beyond the number of partitions are left out
     * @param starts by partition
     */
    public static Receiving shared(
            Driver driver, String topic, int count, long[] starts, Sink sink, RunClock clock) {
        int used = Math.min(count, starts.length);
        Receiving receiving = new Receiving(topic, used, clock);
        receiving.open(driver, used, used, starts, i -> sink);
        return receiving;
    }

    /**
     * Lets each subscriber receive all partitions. Blocks until the topic is known to them.
     *
     * @param count how many
     * @param starts by partition
     * @param sinks by subscriber
     */
    static Receiving each(
            Driver driver,
            String topic,
            int count,
            long[] starts,
            IntFunction<Sink> sinks,
            RunClock clock) {
        Receiving receiving = new Receiving(topic, count, clock);
        receiving.open(driver, count, 1, starts, sinks);
        return receiving;
    }

    /** The bytes of key and value, which may be null. */
    public static int bytes(byte[] key, byte[] value) {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }

    /** Lets it end when it has everything below these offsets. */
    public void finishAt(long[] offsets) {
        ends = offsets.clone();
    }

    /** Waits until all has come; false if the time was over before. */
    public boolean await(Duration time) throws InterruptedException {
        return running.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Waits until each subscriber has received everything of its partitions below these offsets, or
     * one has failed; false if the time was over before.
     */
    boolean awaitReached(long[] offsets, Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (failure.get() == null && !hasReached(offsets)) {
                if (left <= 0) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasReached(long[] offsets) {
        return readers.stream().allMatch(reader -> reader.behind(offsets) < 0);
    }

    private void tellProgress() {
        lock.lock();
        try {
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Why it ended before the end; null if it did not.
     *
     * @return what a subscriber threw
     */
    public RuntimeException failure() {
        return failure.get();
    }

    /** Ends at the next poll; returns when no more records go to the sinks. */
    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void open(Driver driver, int count, int step, long[] starts, IntFunction<Sink> sinks) {
        try {
            for (int i = 0; i < count; i++) {
                readers.add(new Reader(driver, i % step, step, starts, sinks.apply(i)));
            }
        } catch (RuntimeException e) {
            readers.forEach(reader -> reader.subscriber.close());
            throw e;
        }
        for (Reader reader : readers) {
            Thread thread = new Thread(reader::run, "millrace-bench-receive-" + threads.size());
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** One subscriber with its thread: it has every so manieth partition, from a first one on. */
    private final class Reader implements RecordSink {
        private final DriverSubscriber subscriber;
        private final int first;
        private final int step;
        private final Sink sink;
        private final AtomicLongArray next;
        private boolean came;
        private long now;

        Reader(Driver driver, int first, int step, long[] starts, Sink sink) {
            this.first = first;
            this.step = step;
            this.sink = sink;
            this.next = new AtomicLongArray(starts);
            SortedMap<Integer, Long> mine = new TreeMap<>();
            for (int partition = first; partition < starts.length; partition += step) {
                mine.put(partition, starts[partition]);
            }
            this.subscriber = driver.subscriber(new SubscriberSpec(topic, mine, POLL_RECORDS));
        }

        void run() {
            try {
                long progress = clock.nanos();
                while (!stopped && failure.get() == null && !isAtEnd()) {
                    came = false;
                    subscriber.poll(POLL, this);
                    if (came) {
                        tellProgress();
                    } else {
                        now = clock.nanos();
                    }
                    if (came || ends == null) {
                        progress = now;
                    }
                    checkProgress(now - progress);
                }
            } catch (RuntimeException e) {
                fail(e);
            } finally {
                close();
                running.countDown();
            }
        }

        @Override
        public void accept(int partition, long offset, byte[] key, byte[] value) {
            if (!came) {
                // All that one poll gives has come at once.
                came = true;
                now = clock.nanos();
            }
            sink.accept(partition, offset, key, value, now);
            next.lazySet(partition, offset + 1);
        }

        private void close() {
            try {
                subscriber.close();
            } catch (RuntimeException e) {
                fail(e);
            }
        }

        private void fail(RuntimeException e) {
            if (!stopped) {
                failure.compareAndSet(null, e);
                tellProgress();
            }
        }

        private boolean isAtEnd() {
            long[] known = ends;
            return known != null && behind(known) < 0;
        }

        /** A partition that has not come so far; -1 if there is none. */
        int behind(long[] offsets) {
            for (int partition = first; partition < offsets.length; partition += step) {
                if (next.get(partition) < offsets[partition]) {
                    return partition;
                }
            }
            return -1;
        }

        private void checkProgress(long idleNanos) {
            long[] known = ends;
            if (known == null || idleNanos <= PATIENCE_NANOS) {
                return;
            }
            int partition = behind(known);
            if (partition >= 0) {
                throw new IllegalStateException(
                        "nothing came for %d s, though partition %d of topic %s goes from offset %d to %d"
                                .formatted(
                                        TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS),
                                        partition,
                                        topic,
                                        next.get(partition),
                                        known[partition]));
            }
        }
    }
}
