package io.millrace.broker;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's threads apart from those of Raft, gRPC and HTTP. Their queues hold one short task
 * for each open stream or shard at most, so that what bounds those bounds them.
 */
final class BrokerThreads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerThreads.class);
    private static final int TIMER_THREADS = 2;
    private static final int GROUP_THREADS = 2;
    private static final int STOP_SECONDS = 5;

    private final LongSupplier nanoTime;
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService control;
    private final ExecutorService answers;
    private final ExecutorService reading;
    private final ExecutorService groups;
    private final ExecutorService replicas;
    private final ExecutorService removing;
    private final ExecutorService pulling;

    /**
     * @param readers threads that read for subscribers
     * @param nanoTime a monotonic clock
     */
    BrokerThreads(int readers, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        timer = new ScheduledThreadPoolExecutor(TIMER_THREADS, named("millrace-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        control = Executors.newSingleThreadExecutor(named("millrace-control"));
        answers = Executors.newSingleThreadExecutor(named("millrace-answers"));
        reading = Executors.newFixedThreadPool(readers, named("millrace-reader"));
        groups = Executors.newFixedThreadPool(GROUP_THREADS, named("millrace-group"));
        replicas = Executors.newSingleThreadExecutor(named("millrace-replicas"));
        removing = Executors.newSingleThreadExecutor(named("millrace-remover"));
        pulling = Executors.newCachedThreadPool(named("millrace-pull"));
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Ticks and deadlines. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Placement, one look after the other. */
    ExecutorService control() {
        return control;
    }

    /** Answers to what was refused or failed. */
    ExecutorService answers() {
        return answers;
    }

    /** Reads from the disk. */
    ExecutorService reading() {
        return reading;
    }

    /** Coordinates groups: short tasks that never block. */
    ExecutorService groups() {
        return groups;
    }

    /** Makes, starts, stops and discards replicas, one after the other. */
    ExecutorService replicas() {
        return replicas;
    }

    /** Removes files that nobody needs any more. */
    ExecutorService removing() {
        return removing;
    }

    /** A thread for each replica that misses records, as long as it does. */
    ExecutorService pulling() {
        return pulling;
    }

    /**
     * Runs a task again and again; what it throws is logged and does not end it. All begin at full
     * multiples of their periods, so that a broker with nothing to do wakes up for all at once; one
     * that takes longer than its period leaves out the turns that it missed.
     */
    void every(long periodMs, String what, Runnable task) {
        long period = TimeUnit.MILLISECONDS.toNanos(periodMs);
        after(
                Duration.ofNanos(period - Math.floorMod(nanoTime.getAsLong(), period)),
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        LOG.error("{} failed; it is tried again in {} ms", what, periodMs, e);
                    } finally {
                        every(periodMs, what, task);
                    }
                });
    }

    /**
     * Makes a task that is run when it is asked for, but not more often than it should.
     *
     * @param gapMs between the beginnings of two runs, at least
     * @return asks for a run; never blocks
     */
    Runnable gathered(long gapMs, String what, Runnable task) {
        return new Gathered(what, task, Duration.ofMillis(gapMs), this::after, nanoTime);
    }

    /** Runs a short task once, later; never if the broker stops before. */
    void after(Duration delay, Runnable task) {
        try {
            timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("a task comes too late, the broker stops", e);
        }
    }

    /** Stops all threads; waits for 5 s at most. */
    @Override
    public void close() {
        timer.shutdown();
        control.shutdown();
        answers.shutdown();
        reading.shutdown();
        groups.shutdown();
        replicas.shutdown();
        removing.shutdownNow();
        pulling.shutdownNow();
        try {
            boolean stopped =
                    control.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                            && replicas.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                            && pulling.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                            && reading.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                            && answers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            if (!stopped) {
                LOG.warn("threads are still busy after {} s, they are left behind", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
