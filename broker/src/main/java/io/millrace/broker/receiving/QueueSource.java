package io.millrace.broker.receiving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.shard.PartitionView;

/**
 * What a queue draws from. Immutable.
 *
 * @param group the group, as it was when the queue was taken up
 * @param topic the topic's name
 * @param partition the partition
 * @param shard its shard
 */
record QueueSource(GroupImage group, String topic, PartitionView partition, LocalShard shard) {

    QueueKey key() {
        return new QueueKey(partition.partitionId(), group.groupId());
    }

    /** The partition, for messages. */
    String name() {
        return topic + "/" + partition.partition();
    }
}
