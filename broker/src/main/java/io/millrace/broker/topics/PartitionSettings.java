package io.millrace.broker.topics;

import io.millrace.broker.config.TopicConfig;
import io.millrace.broker.shard.PartitionConfig;

/** Turns a topic's settings into those that its partitions' shards act on. */
final class PartitionSettings {

    private PartitionSettings() {}

    static PartitionConfig of(TopicConfig topic) {
        return new PartitionConfig(
                topic.segmentBytes(),
                topic.segmentMs(),
                topic.retentionBytes(),
                topic.retentionMs(),
                topic.maxBatchBytes());
    }
}
