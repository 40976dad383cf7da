package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.v1.BrokerInfo;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ShardInfo;
import io.millrace.v1.TopicPlacement;

/** Draws the map that clients find their way by. Thread-safe. */
public final class ClusterMaps {

    private final LeaderDirectory leaders;
    private final int heartbeatIntervalMs;

    /**
     * @param heartbeatIntervalMs what the map says of itself
     */
    public ClusterMaps(LeaderDirectory leaders, int heartbeatIntervalMs) {
        this.leaders = leaders;
        this.heartbeatIntervalMs = heartbeatIntervalMs;
    }

    /** The map of an image, with the leaders known here at the moment. */
    public ClusterMap draw(ClusterImage image) {
        ClusterMap.Builder map =
                ClusterMap.newBuilder()
                        .setClusterId(image.clusterId())
                        .setVersion(image.version())
                        .setHeartbeatIntervalMs(heartbeatIntervalMs);
        image.brokers().values().stream()
                .filter(BrokerImage::isRegistered)
                .forEach(broker -> map.addBrokers(broker(broker)));
        image.shards().values().forEach(shard -> map.addShards(shard(shard)));
        image.topics().values().forEach(topic -> map.addTopics(topic(topic)));
        return map.build();
    }

    BrokerInfo broker(BrokerImage broker) {
        return BrokerInfo.newBuilder()
                .setNodeId(broker.nodeId())
                .setClientAddress(broker.clientAddress())
                .setVersion(broker.version())
                .setRack(broker.rack())
                .setRack(broker.rack())
                .setAlive(leaders.isAlive(broker.nodeId()))
                .build();
    }

    ShardInfo shard(ShardImage image) {
        ShardInfo.Builder info = ShardInfo.newBuilder().setShard(image.shard());
        for (ReplicaImage replica : image.replicas()) {
            if (replica.state() != ReplicaState.NEW && replica.state() != ReplicaState.LOST) {
                info.addReplicaNodes(replica.nodeId());
            }
        }
        ShardLeader leader = leaders.leader(image.shard());
        return info.setLeaderNode(leader.nodeId()).setLeaderEpoch(leader.epoch()).build();
    }

    /** One on its way out still answers; one that is not there yet, or lost, does not. */
    static boolean isReadable(ReplicaImage replica) {
        return switch (replica.state()) {
            case LEARNER, VOTER, LEAVING -> true;
            case NEW, LOST -> false;
        };
    }

    private static TopicPlacement topic(TopicImage topic) {
        TopicPlacement.Builder placement =
                TopicPlacement.newBuilder()
                        .setName(topic.name())
                        .setTopicId(topic.topicId())
                        .setMaxBatchBytes(topic.config().maxBatchBytes());
        for (PartitionImage partition : topic.partitions()) {
            placement.addPartitionShards(partition.shard());
        }
        return placement.build();
    }
}
