package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.core.Scheduler;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets what is to be done at about the same time be done at the same time: tasks that wait for 50
 * ms or more begin at the nearest full tenth of a second of the clock. So the heartbeats of all
 * shards, each of which has a timer of its own, meet in one message to each peer. Thread-safe.
 */
final class AlignedScheduler implements Scheduler {

    /** A heartbeat's interval with the default election timeout. */
    static final long GRID_NANOS = 100_000_000L;

    private final Scheduler scheduler;
    private final LongSupplier nanoTime;

    AlignedScheduler(Scheduler scheduler, LongSupplier nanoTime) {
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        long aligned = align(nanoTime.getAsLong(), unit.toNanos(delay));
        return scheduler.schedule(command, aligned, TimeUnit.NANOSECONDS);
    }

    /** A delay that ends on the grid, at most half a step earlier or later. */
    static long align(long now, long delayNanos) {
        if (delayNanos < GRID_NANOS / 2) {
            return delayNanos;
        }
        long due = now + delayNanos + GRID_NANOS / 2;
        return due - Math.floorMod(due, GRID_NANOS) - now;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
            Runnable command, long initialDelay, long period, TimeUnit unit) {
        return scheduler.scheduleAtFixedRate(command, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
            Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return scheduler.scheduleWithFixedDelay(command, initialDelay, delay, unit);
    }

    @Override
    public void shutdown() {
        scheduler.shutdown();
    }
}
