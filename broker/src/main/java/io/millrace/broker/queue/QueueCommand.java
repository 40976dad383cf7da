package io.millrace.broker.queue;

import java.util.List;

/**
 * A change of the queues of a shard, the content of an entry. Must not be proposed again once
 * anything later has been proposed in another term; within a term twice is the same as once.
 */
public sealed interface QueueCommand {

    /**
     * Begins a queue. One that is there stays as it is.
     *
     * @param key the queue; the partition must be one of the shard's
     * @param start the first offset that is not done
     */
    record OpenQueue(QueueKey key, long start) implements QueueCommand {

        public OpenQueue {
            if (start < 0) {
                throw new IllegalArgumentException("a queue that starts at " + start);
            }
        }
    }

    /**
     * What members have settled in the last few milliseconds, in all queues of the shard.
     *
     * @param settlements in any order; each of them is applied or refused as a whole
     */
    record SettleRecords(List<QueueSettlement> settlements) implements QueueCommand {

        /** So that an entry stays well below 1 MiB: each unit is at most 25 bytes. */
        public static final int MAX_WEIGHT = 30_000;

        public SettleRecords {
            settlements = List.copyOf(settlements);
            int weight = settlements.stream().mapToInt(QueueSettlement::weight).sum();
            if (weight > MAX_WEIGHT) {
                throw new IllegalArgumentException(
                        "settlements of weight "
                                + weight
                                + "; more than "
                                + MAX_WEIGHT
                                + " take several entries");
            }
        }
    }

    /**
     * Ends all queues of a group, for good.
     *
     * @param groupId the group
     */
    record DropQueue(long groupId) implements QueueCommand {}

    /**
     * Makes records undone that were done. Whoever calls takes care of doing it once for a dead
     * letter; records that are not done are left alone. To be proposed only when it is known of
     * every settlement that was proposed in the term what came of it: one that is applied again
     * behind it would take it back.
     *
     * @param key the queue
     * @param offsets which records
     */
    record Redrive(QueueKey key, OffsetSet offsets) implements QueueCommand {}
}
