package io.millrace.client.admin;

import java.util.List;
import java.util.Map;

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
 * @param changes what is being moved or rebuilt, a sentence each with its progress
 * @param controllerLeader the node id of the controller's leader; 0: none known, and what is told
 *     of other brokers is missing
 * @param config settings of the cluster that differ from the default
 */
public record ClusterStatus(
        String clusterId,
        List<BrokerStatus> brokers,
        List<ShardStatus> shards,
        int topics,
        int partitions,
        boolean healthy,
        List<String> problems,
        List<String> changes,
        int controllerLeader,
        Map<String, String> config) {}
