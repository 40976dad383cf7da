package io.millrace.client.queue;

import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A member of a group in queue mode, polled. Made by {@link QueueReceiverBuilder#build()}.
 *
 * <p>The leaders of all partitions hand their records out to the members that receive; a record
 * belongs to one of them at a time, until its lease has run out. Records of one key are handed out
 * in order, the next one when the one before is settled; others in no certain order. Every record
 * comes at least once.
 *
 * <p>What waits here to be received grows old: {@code receive} renews leases of which much has run
 * out, and what has waited for half of its lease goes back to the group, without counting as
 * delivered. Being a member does not hang on receiving: heartbeats go on whatever the work takes.
 *
 * <p>Thread-safe: several threads may receive. Nothing pins a virtual thread while it waits.
 */
public interface QueueReceiver extends AutoCloseable {
    /**
     * The next deliveries; waits for the first of them. Returns early, and empty, if the receiver
     * is closed or the thread interrupted; the interrupt flag stays set.
     *
     * @return empty if none came in time
     * @throws io.millrace.protocol.error.MillraceException why it cannot go on: INVALID_GROUP if
     *     the group is not in queue mode, …
     */
    List<Delivery> receive(Duration timeout);

    /** The partitions that it receives from: all of the topics that it follows. */
    Set<TopicPartition> assignment();

    /**
     * Gives back what was not received, waits for the answers to what was settled, and leaves the
     * group; up to the close timeout. What was received and not settled is delivered again at once,
     * and can no longer be settled.
     */
    @Override
    void close();
}
