package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.core.Scheduler;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lets what is to be done at about the same time be done at the same time. So the heartbeats of all
 * shards, each of which has a timer of its own, meet in one message to each peer. Thread-safe.
 */
final class AlignedScheduler implements Scheduler {

    private final Scheduler scheduler;
    private final HeartbeatPace pace;

    AlignedScheduler(Scheduler scheduler, HeartbeatPace pace) {
        this.scheduler = scheduler;
        this.pace = pace;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return scheduler.schedule(command, pace.align(unit.toNanos(delay)), TimeUnit.NANOSECONDS);
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
