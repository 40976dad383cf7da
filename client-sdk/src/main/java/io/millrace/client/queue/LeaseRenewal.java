package io.millrace.client.queue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Renews the leases of what is in work, on the client's timer. Holds nothing of what is done: one
 * look at all, and no timer for each. Thread-safe.
 */
final class LeaseRenewal {
    /** A lease is renewed when a third of it is over, so that two attempts may fail. */
    private static final int PARTS = 3;

    /** Small against a third of the shortest lease, a second. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Timer timer;
    private final LongSupplier nanoTime;
    private final long maxProcessingNanos;
    private final Map<LeasedDelivery, Work> inWork = new ConcurrentHashMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();

    /** Runs something once, later. */
    @FunctionalInterface
    interface Timer {
        void after(long nanos, Runnable task);
    }

    /** Since when a delivery is in work; the time of its lease belongs to the timer's thread. */
    private static final class Work {
        private final long begunNanos;
        private long renewedNanos;

        Work(long nowNanos) {
            begunNanos = nowNanos;
            renewedNanos = nowNanos;
        }
    }

    LeaseRenewal(Timer timer, LongSupplier nanoTime, Duration maxProcessing) {
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.maxProcessingNanos = maxProcessing.toNanos();
    }

    /** The work on a delivery begins. */
    void begin(LeasedDelivery delivery) {
        inWork.put(delivery, new Work(nanoTime.getAsLong()));
        lookLater();
    }

    /** The work on a delivery has ended. */
    void end(LeasedDelivery delivery) {
        inWork.remove(delivery);
    }

    private void lookLater() {
        if (looking.compareAndSet(false, true)) {
            timer.after(LOOK_NANOS, this::look);
        }
    }

    private void look() {
        looking.set(false);
        long now = nanoTime.getAsLong();
        inWork.forEach((delivery, work) -> renewIfDue(delivery, work, now));
        if (!inWork.isEmpty()) {
            lookLater();
        }
    }

    private void renewIfDue(LeasedDelivery delivery, Work work, long nowNanos) {
        long wait = TimeUnit.MILLISECONDS.toNanos(delivery.leaseMs()) / PARTS;
        if (nowNanos - work.renewedNanos >= wait
                && nowNanos - work.begunNanos < maxProcessingNanos) {
            work.renewedNanos = nowNanos;
            delivery.renew();
        }
    }
}
