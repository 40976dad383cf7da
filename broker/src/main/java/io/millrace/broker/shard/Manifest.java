package io.millrace.broker.shard;

import java.util.List;

/**
 * What a checkpoint of a data shard says.
 *
 * @param appliedIndex the Raft index of the last entry in it; 0 if none
 * @param leaderEpoch the term of that entry; 0 if none
 * @param deletedPartitions ids that never come back, oldest first; not to be changed
 * @param partitions the partitions, by rising id
 */
record Manifest(
        long appliedIndex,
        long leaderEpoch,
        long[] deletedPartitions,
        List<PartitionSnapshot> partitions) {

    /** Whether no partition has a hole. */
    boolean isWhole() {
        return partitions.stream().allMatch(one -> one.logState().holes().isEmpty());
    }
}
