package io.millrace.broker.queue;

import java.util.Comparator;

/**
 * Names a queue: what a group in queue mode has done of a partition.
 *
 * @param partitionId the partition, never reused
 * @param groupId the group, never reused
 */
public record QueueKey(long partitionId, long groupId) implements Comparable<QueueKey> {

    private static final Comparator<QueueKey> ORDER =
            Comparator.comparingLong(QueueKey::partitionId).thenComparingLong(QueueKey::groupId);

    @Override
    public int compareTo(QueueKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "group " + groupId + " in partition " + partitionId;
    }
}
