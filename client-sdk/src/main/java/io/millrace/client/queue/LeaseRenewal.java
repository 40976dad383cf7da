package io.millrace.client.queue;

import io.millrace.client.cluster.Cluster;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Renews the leases of what is in work, on the client's timer. Thread-safe. */
final class LeaseRenewal {
    /** A lease is renewed when a third of it is over, so that two attempts may fail. */
    private static final int PARTS = 3;

    private final Cluster cluster;
    private final LongSupplier nanoTime;
    private final long maxProcessingNanos;
    private final Map<LeasedDelivery, Long> begun = new ConcurrentHashMap<>();

    LeaseRenewal(Cluster cluster, LongSupplier nanoTime, Duration maxProcessing) {
        this.cluster = cluster;
        this.nanoTime = nanoTime;
        this.maxProcessingNanos = maxProcessing.toNanos();
    }

    /** The work on a delivery begins. */
    void begin(LeasedDelivery delivery) {
        begun.put(delivery, nanoTime.getAsLong());
        later(delivery);
    }

    /** The work on a delivery has ended. */
    void end(LeasedDelivery delivery) {
        begun.remove(delivery);
    }

    private void later(LeasedDelivery delivery) {
        long wait = TimeUnit.MILLISECONDS.toNanos(delivery.leaseMs()) / PARTS;
        cluster.after(wait, () -> renew(delivery));
    }

    private void renew(LeasedDelivery delivery) {
        Long since = begun.get(delivery);
        if (since == null || nanoTime.getAsLong() - since >= maxProcessingNanos) {
            return;
        }
        delivery.renew();
        later(delivery);
    }
}
