package io.millrace.client.admin;

import java.util.List;

/**
 * How the cluster is.
 *
 * @param clusterId the cluster
 * @param brokers all brokers
 * @param shards all shards
 * @param topics how many topics there are
 * @param partitions how many partitions they have in all
 * @param healthy whether every shard has a leader and takes writes
 * @param problems what is wrong, a sentence each
 */
public record ClusterStatus(
        String clusterId,
        List<BrokerStatus> brokers,
        List<ShardStatus> shards,
        int topics,
        int partitions,
        boolean healthy,
        List<String> problems) {}
