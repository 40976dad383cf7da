package io.millrace.broker.shard;

import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.protocol.error.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What an entry of a data shard says. Everything that is not the same on all replicas (time, ids)
 * was put into it by the leader. {@link CommandCodec} gives the bytes.
 */
public sealed interface ShardCommand {

    /**
     * Appends batches, each to its partition, in this order within a partition.
     *
     * @param leaderTimeMs the leader's clock, milliseconds since 1970 UTC, 0 or more
     * @param batches one or more
     */
    record AppendBatches(long leaderTimeMs, List<PartitionBatch> batches) implements ShardCommand {

        public AppendBatches {
            require(leaderTimeMs >= 0, "the leader's time is negative");
            require(!batches.isEmpty(), "no batch");
            batches = List.copyOf(batches);
        }
    }

    /**
     * One record batch and its partition.
     *
     * @param partitionId the partition's id
     * @param batch the bytes as the publisher sent them, between position and limit; not changed
     */
    record PartitionBatch(long partitionId, ByteBuffer batch) {}

    /**
     * Creates a partition; changes its settings if it exists with an older placement version.
     *
     * @param partitionId its id, never used twice in the cluster, 1 or more
     * @param topicId its topic's id
     * @param partition its number in the topic, from 0
     * @param config its settings
     * @param placementVersion the version of the controller's intent; older ones are ignored
     */
    record CreatePartition(
            long partitionId,
            long topicId,
            int partition,
            PartitionConfig config,
            long placementVersion)
            implements ShardCommand {

        public CreatePartition {
            require(partitionId >= 1, "the partition id is below 1");
            require(partition >= 0, "the partition number is negative");
        }
    }

    /**
     * Changes the settings of a partition.
     *
     * @param partitionId its id
     * @param config its settings from now on, all of them
     * @param placementVersion the version of the controller's intent; older ones are ignored
     */
    record ConfigurePartition(long partitionId, PartitionConfig config, long placementVersion)
            implements ShardCommand {}

    /**
     * Deletes a partition for good: its id stays dead, so that a late command cannot revive it.
     *
     * @param partitionId its id
     * @param placementVersion the version of the controller's intent; older ones are ignored
     */
    record DeletePartition(long partitionId, long placementVersion) implements ShardCommand {

        public DeletePartition {
            require(partitionId >= 1, "the partition id is below 1");
        }
    }

    /**
     * Moves the log starts of partitions.
     *
     * @param trims one or more
     */
    record TrimPartitions(List<Trim> trims) implements ShardCommand {

        public TrimPartitions {
            require(!trims.isEmpty(), "no partition to trim");
            trims = List.copyOf(trims);
        }
    }

    /**
     * Moves one log start.
     *
     * @param partitionId the partition
     * @param startOffset the log start wanted; one below the present is ignored, one above the log
     *     end means the log end
     * @param reason why
     */
    record Trim(long partitionId, long startOffset, TrimReason reason) {

        public Trim {
            require(startOffset >= 0, "the log start is negative");
        }
    }

    /**
     * Changes a group. To drop one ends its queues in this shard as well.
     *
     * @param change what is to change
     */
    record ChangeGroup(GroupCommand change) implements ShardCommand {}

    /**
     * Changes what groups in queue mode have done of this shard's partitions.
     *
     * @param change what is to change
     */
    record ChangeQueue(QueueCommand change) implements ShardCommand {}

    /**
     * An entry that makes no sense to this version. It changes nothing, on every replica alike.
     *
     * @param code why
     * @param reason a sentence for a person
     */
    record Unreadable(ErrorCode code, String reason) implements ShardCommand {}

    /** Whether it may pass where writes are refused: because the disk or the log is full. */
    default boolean freesSpace() {
        return this instanceof TrimPartitions
                || this instanceof DeletePartition
                || this instanceof ChangeGroup group && group.change() instanceof DropGroup
                || this instanceof ChangeQueue queue && queue.change() instanceof DropQueue;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
