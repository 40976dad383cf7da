package io.millrace.broker.receiving;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What all queues of a broker share.
 *
 * @param deadLetters where records go that are given up
 * @param loops runs the turns of queues; they do not block
 * @param reading runs reads from the disk
 * @param clock for when delayed records are due
 * @param nanoTime for leases
 * @param limits bounds
 * @param listener hears what happens
 * @param heldBytes what all queues hold in memory
 */
record QueueContext(
        DeadLetterSink deadLetters,
        Executor loops,
        Executor reading,
        Clock clock,
        LongSupplier nanoTime,
        ReceiveLimits limits,
        ReceiveListener listener,
        AtomicLong heldBytes) {

    /** The monotonic clock in milliseconds. */
    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }

    HeldBatches heldBatches() {
        return new HeldBatches(heldBytes, limits.heldBytes());
    }
}
