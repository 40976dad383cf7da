package io.millrace.client.publish;

import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The one thread of a publisher: runs events and alarms, one after another. Events come from
 * callers (at most one for each partition waits) and from gRPC (at most one for each answer to a
 * batch in flight), so their number is bounded by what the publisher has in flight.
 */
final class Sender {
    /** Something to be done at a time of the monotonic clock. */
    static final class Alarm {
        private final long atNanos;
        private final Runnable task;

        private Alarm(long atNanos, Runnable task) {
            this.atNanos = atNanos;
            this.task = task;
        }

        long atNanos() {
            return atNanos;
        }
    }

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>((a, b) -> Long.compare(a.atNanos - b.atNanos, 0));
    private final LongSupplier nanoTime;
    private final Consumer<Throwable> onCrash;
    private final Thread thread;
    private boolean stopped;

    /**
     * @param onCrash is called on the thread if an event throws: a bug, after which nothing runs
     *     any more
     */
    Sender(String name, LongSupplier nanoTime, Consumer<Throwable> onCrash) {
        this.nanoTime = nanoTime;
        this.onCrash = onCrash;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Runs an event soon. Thread-safe. */
    void post(Runnable event) {
        events.add(event);
    }

    /** Ends after the present event. For events only. */
    void stop() {
        stopped = true;
    }

    /** Sets an alarm. For events only. */
    Alarm alarm(long atNanos, Runnable task) {
        Alarm alarm = new Alarm(atNanos, task);
        alarms.add(alarm);
        return alarm;
    }

    /** An alarm will not ring. For events only; takes time in proportion to the alarms set. */
    void cancel(Alarm alarm) {
        alarms.remove(alarm);
    }

    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    private void run() {
        try {
            while (!stopped) {
                Runnable event = events.poll(nanosToNextAlarm(), TimeUnit.NANOSECONDS);
                while (event != null && !stopped) {
                    event.run();
                    event = events.poll();
                }
                ring();
            }
        } catch (Throwable crash) {
            onCrash.accept(crash);
        }
    }

    private long nanosToNextAlarm() {
        Alarm next = alarms.peek();
        return next == null ? IDLE_NANOS : Math.max(0, next.atNanos - nanoTime.getAsLong());
    }

    private void ring() {
        long now = nanoTime.getAsLong();
        Alarm next;
        while (!stopped && (next = alarms.peek()) != null && next.atNanos - now <= 0) {
            alarms.poll();
            next.task.run();
        }
    }
}
