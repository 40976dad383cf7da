package io.millrace.broker.shard;

import io.millrace.broker.group.GroupTable;
import io.millrace.broker.queue.QueueTableSnapshot;
import java.util.List;

/**
 * What a checkpoint of a data shard says.
 *
 * @param appliedIndex the Raft index of the last entry in it; 0 if none
 * @param leaderEpoch the term of that entry; 0 if none
 * @param deletedPartitions ids that never come back, oldest first; not to be changed
 * @param partitions the partitions, by rising id
 * @param groups the consumer groups
 * @param queues what those in queue mode have done of the partitions
 */
record Manifest(
        long appliedIndex,
        long leaderEpoch,
        long[] deletedPartitions,
        List<PartitionSnapshot> partitions,
        GroupTable groups,
        QueueTableSnapshot queues) {

    /** Whether no partition has a hole. */
    boolean isWhole() {
        return partitions.stream().allMatch(one -> one.logState().holes().isEmpty());
    }
}
