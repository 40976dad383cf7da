package io.millrace.broker.metrics;

import io.prometheus.client.Histogram;
import java.util.concurrent.TimeUnit;

/** What all latency histograms have in common. */
final class Latency {

    /** From a force on a fast disk to the deadline of a publish, in seconds. */
    private static final double[] BUCKETS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
        10, 30
    };

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private Latency() {}

    static Histogram.Builder histogram(String name, String help) {
        return Histogram.build(name, help).buckets(BUCKETS);
    }

    static double seconds(long nanos) {
        return nanos / NANOS_PER_SECOND;
    }
}
