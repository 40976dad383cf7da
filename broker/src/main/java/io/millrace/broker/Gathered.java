package io.millrace.broker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that is run soon after it was asked for, however often: at once if it has not been run for
 * a while, else when that while is over. What is asked for while it runs is done by another run.
 * Thread-safe; asking never blocks.
 */
final class Gathered implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Gathered.class);

    private final String what;
    private final Runnable task;
    private final long gapNanos;
    private final BiConsumer<Duration, Runnable> later;
    private final LongSupplier nanoTime;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile long notBefore;

    /**
     * @param what names the task when it fails
     * @param gap from the beginning of one run to that of the next at least
     * @param later runs something once, after a time, by one of its threads
     * @param nanoTime a monotonic clock
     */
    Gathered(
            String what,
            Runnable task,
            Duration gap,
            BiConsumer<Duration, Runnable> later,
            LongSupplier nanoTime) {
        this.what = what;
        this.task = task;
        this.gapNanos = gap.toNanos();
        this.later = later;
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
    }

    /** Asks for a run. */
    @Override
    public void run() {
        if (asked.compareAndSet(false, true)) {
            long wait = Math.max(0, notBefore - nanoTime.getAsLong());
            later.accept(Duration.ofNanos(wait), this::runNow);
        }
    }

    private void runNow() {
        notBefore = nanoTime.getAsLong() + gapNanos;
        // Before the task looks at anything: what changes after that asks for another run.
        asked.set(false);
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("{} failed; it is done again when something changes", what, e);
        }
    }
}
