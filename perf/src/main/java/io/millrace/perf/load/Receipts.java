package io.millrace.perf.load;

import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.LatencyRecorder;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.workload.Stamp;
import java.util.Optional;

/**
 * What one subscriber got, or several that share the partitions: verified, counted and timed.
 * Thread-safe.
 */
final class Receipts implements Receiving.Sink {
    private final DeliveryVerifier verifier;
    private final RateMeter meter;
    private final LatencyRecorder latency;
    private final Runnable received;

    /**
     * @param latency from the time in the stamps; null: not wanted
     * @param received called after each record
     */
    Receipts(
            DeliveryVerifier verifier,
            RateMeter meter,
            LatencyRecorder latency,
            Runnable received) {
        this.verifier = verifier;
        this.meter = meter;
        this.latency = latency;
        this.received = received;
    }

    DeliveryVerifier verifier() {
        return verifier;
    }

    @Override
    public void accept(int partition, long offset, byte[] key, byte[] value, long nanos) {
        Optional<Stamp> stamp = verifier.accept(partition, offset, key, value);
        if (stamp.isEmpty()) {
            return;
        }
        meter.count(nanos, 1, Receiving.bytes(key, value));
        if (latency != null) {
            latency.record(nanos - stamp.get().sentNanos());
        }
        received.run();
    }
}
