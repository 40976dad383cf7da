package io.millrace.broker.publishing;

import io.millrace.broker.cluster.Handshake;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * What all publish sessions of a broker share.
 *
 * @param handshake checks what publishers say of themselves
 * @param targets finds partitions
 * @param producerIds gives out producer ids
 * @param producerIdGiven whether an id was given out to somebody; throws a MillraceException if
 *     this broker cannot say at the moment
 * @param budget bytes under way in the broker
 * @param timer for deadlines of batches that wait for room
 * @param nanoTime monotonic time
 * @param maxBatchBytes the largest batch any topic can take
 * @param maxInFlight batches of one partition in flight on one stream
 * @param listener hears what happens
 */
public record PublishContext(
        Handshake handshake,
        AppendTargets targets,
        ProducerIds producerIds,
        LongPredicate producerIdGiven,
        ByteBudget budget,
        ScheduledExecutorService timer,
        LongSupplier nanoTime,
        int maxBatchBytes,
        int maxInFlight,
        PublishListener listener) {}
