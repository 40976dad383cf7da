package io.millrace.client.queue;

import io.millrace.client.subscribe.ReceivedRecord;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A record to work on, for as long as its lease lasts. Settled once: {@link #ack}, {@link #nack} or
 * {@link #reject}. What is not settled in time is delivered again, to this member or another.
 * Thread-safe; nothing blocks.
 *
 * <p>Words about deliveries are sent together, a few milliseconds' worth at a time. Each future
 * ends when the word is durable, and fails with
 *
 * <ul>
 *   <li>DELIVERY_EXPIRED if the lease has run out, or the delivery was settled before. Its outcome
 *       is UNKNOWN if the word was under way when the connection broke: it may have been heard;
 *   <li>NOT_READY if the receiver was closed first.
 * </ul>
 *
 * What depends on a future runs on threads of the SDK and must not block.
 */
public interface Delivery {
    /** The record. */
    ReceivedRecord record();

    /** How often the record has been delivered, this time included; 1 or more. */
    int deliveryCount();

    /** It is done: never delivered again. */
    CompletableFuture<Void> ack();

    /**
     * It could not be processed: delivered again, or given up if this was its last time.
     *
     * @param delay not before that; 0 to 24 h
     * @throws IllegalArgumentException if the delay is out of bounds
     */
    default CompletableFuture<Void> nack(Duration delay) {
        return nack(delay, "");
    }

    /**
     * As {@link #nack(Duration)}.
     *
     * @param reason what comes with it if it is given up; cut to 1,000 characters
     */
    CompletableFuture<Void> nack(Duration delay, String reason);

    /**
     * It can never be processed: goes to the group's dead letters at once.
     *
     * @param reason comes with it; cut to 1,000 characters
     */
    CompletableFuture<Void> reject(String reason);

    /**
     * The work takes longer: the lease ends so long after now.
     *
     * @param lease 1 s to 1 h
     * @throws IllegalArgumentException if the lease is out of bounds
     */
    CompletableFuture<Void> extend(Duration lease);
}
