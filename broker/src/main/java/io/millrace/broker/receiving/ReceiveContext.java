package io.millrace.broker.receiving;

import io.millrace.broker.cluster.Handshake;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What all receive streams of a broker share.
 *
 * @param handshake checks what members say of themselves
 * @param queues led here
 * @param clock for the time in heartbeats
 * @param nanoTime monotonic time, for waits
 * @param limits bounds
 */
public record ReceiveContext(
        Handshake handshake,
        QueueDrivers queues,
        Clock clock,
        LongSupplier nanoTime,
        ReceiveLimits limits) {

    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }
}
