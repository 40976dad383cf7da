package io.millrace.broker.topics;

import io.millrace.broker.cluster.ShardLeader;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.v1.PartitionState;
import io.millrace.v1.Topic;

/** Writes topics and partitions as the protocol has them. */
final class TopicMessages {

    private TopicMessages() {}

    static Topic topic(TopicImage topic) {
        return Topic.newBuilder()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitionCount(topic.partitions().size())
                .setReplicaCount(topic.replicaCount())
                .putAllConfig(topic.overrides())
                .setCreateTimeMs(topic.createTimeMs())
                .build();
    }

    static PartitionState partition(int number, Place place, ShardLeader leader) {
        PartitionLog log = place.view().log();
        return PartitionState.newBuilder()
                .setPartition(number)
                .setPartitionId(place.view().partitionId())
                .setShard(place.shard().shard().id())
                .setLeaderNode(leader.nodeId())
                .setLeaderEpoch(leader.epoch())
                .setLogStartOffset(log.startOffset())
                .setLogEndOffset(log.endOffset())
                .setSizeBytes(log.sizeBytes())
                .setSegmentCount(log.segments().size())
                .setPlacementVersion(place.view().placementVersion())
                .build();
    }
}
