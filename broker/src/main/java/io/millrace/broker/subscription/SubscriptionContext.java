package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all subscriptions of a broker share.
 *
 * @param handshake checks what subscribers say of themselves
 * @param resolver finds partitions
 * @param executor runs the turns of sessions, which read from the disk
 * @param alarm wakes those that wait
 * @param clock for the time in heartbeats
 * @param nanoTime monotonic time, for waits
 * @param limits bounds of one subscription
 * @param listener hears what happens
 */
public record SubscriptionContext(
        Handshake handshake,
        PartitionResolver resolver,
        Executor executor,
        Alarm alarm,
        Clock clock,
        LongSupplier nanoTime,
        SubscriptionLimits limits,
        SubscriptionListener listener) {}
