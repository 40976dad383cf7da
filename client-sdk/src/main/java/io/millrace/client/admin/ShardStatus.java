package io.millrace.client.admin;

import java.util.List;

/**
 * How one shard is.
 *
 * @param shard its number; 0 is the controller
 * @param leaderNode the node id of its leader; 0: none known
 * @param leaderEpoch the epoch of that leader
 * @param replicaNodes the nodes that hold replicas
 * @param role the role of the answering replica: LEADER, FOLLOWER, CANDIDATE or FAILED
 * @param commitIndex the last Raft index known to be committed
 * @param appliedIndex the last Raft index applied
 * @param checkpointIndex the Raft index of the last durable checkpoint
 * @param firstLogIndex the first Raft index still in the write-ahead log
 * @param partitions how many partitions it carries
 * @param problem why it does not take writes; empty if it does
 * @param replicas its replicas
 */
public record ShardStatus(
        int shard,
        int leaderNode,
        long leaderEpoch,
        List<Integer> replicaNodes,
        String role,
        long commitIndex,
        long appliedIndex,
        long checkpointIndex,
        long firstLogIndex,
        int partitions,
        String problem,
        List<ReplicaStatus> replicas) {}
