package io.millrace.perf.driver;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.BrokerStatus;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.PartitionInfo;
import io.millrace.client.admin.ReplicaStatus;
import io.millrace.client.admin.ShardStatus;

/** By the admin calls of the SDK. A partition is led by who leads its shard. */
final class MillraceLeadership implements Leadership {
    /**
     * Entries that may be under way to a follower. Few: each may be a batch of 64 KiB, and a
     * replica that lacks a hundred of them is not whole.
     */
    private static final long NEARLY = 16;

    private final Admin admin;

    MillraceLeadership(Admin admin) {
        this.admin = admin;
    }

    @Override
    public int leader(String topic, int partition) {
        return partition(topic, partition).leaderNode();
    }

    @Override
    public boolean isWhole(String topic) {
        ClusterStatus status = admin.clusterStatus();
        // Shards carry partitions of many topics: all of them must be whole.
        return status.healthy()
                && status.brokers().stream().allMatch(BrokerStatus::alive)
                && status.shards().stream().allMatch(MillraceLeadership::isWhole);
    }

    @Override
    public void move(String topic, int partition, int node) {
        int shard = partition(topic, partition).shard();
        admin.changeCluster(new ClusterChange.Transfer(shard, node), false);
    }

    private static boolean isWhole(ShardStatus shard) {
        return shard.leaderNode() != NOBODY
                && shard.replicas().stream().allMatch(MillraceLeadership::isWhole);
    }

    private static boolean isWhole(ReplicaStatus replica) {
        return replica.state().equals("VOTER")
                && !replica.role().isEmpty()
                && replica.problem().isEmpty()
                && replica.missingRecords() == 0
                && replica.lag() != null
                && replica.lag() < NEARLY;
    }

    private PartitionInfo partition(String topic, int partition) {
        return admin.describeTopic(topic).partitions().get(partition);
    }
}
