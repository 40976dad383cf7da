package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.v1.BrokerInfo;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ShardInfo;
import io.millrace.v1.TopicPlacement;

/** Draws the map that clients find their way by. Thread-safe. */
public final class ClusterMaps {

    private final LocalShards shards;
    private final int heartbeatIntervalMs;

    /**
     * @param heartbeatIntervalMs what the map says of itself
     */
    public ClusterMaps(LocalShards shards, int heartbeatIntervalMs) {
        this.shards = shards;
        this.heartbeatIntervalMs = heartbeatIntervalMs;
    }

    /** The map of an image, with the leaders known here at the moment. */
    public ClusterMap draw(ClusterImage image) {
        ClusterMap.Builder map =
                ClusterMap.newBuilder()
                        .setClusterId(image.clusterId())
                        .setVersion(image.version())
                        .setHeartbeatIntervalMs(heartbeatIntervalMs);
        image.brokers().values().forEach(broker -> map.addBrokers(broker(broker)));
        image.shards().values().forEach(shard -> map.addShards(shard(shard)));
        image.topics().values().forEach(topic -> map.addTopics(topic(topic)));
        return map.build();
    }

    static BrokerInfo broker(BrokerImage broker) {
        return BrokerInfo.newBuilder()
                .setNodeId(broker.nodeId())
                .setClientAddress(broker.clientAddress())
                .setVersion(broker.version())
                .build();
    }

    ShardInfo shard(ShardImage image) {
        ShardInfo.Builder info = ShardInfo.newBuilder().setShard(image.shard());
        for (ReplicaImage replica : image.replicas()) {
            info.addReplicaNodes(replica.nodeId());
        }
        Shard local = shards.shard(image.shard());
        if (local != null) {
            ShardStatus status = local.status();
            // A leader that has not applied everything yet takes no writes: none, for clients.
            boolean leading = local.leadingTerm() != 0;
            boolean ready = status.role() != ShardStatus.Role.LEADER || leading;
            info.setLeaderNode(ready ? status.leaderNode() : 0).setLeaderEpoch(status.term());
        }
        return info.build();
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
