package io.millrace.raft;

import java.util.List;

/**
 * How a replica of a shard is.
 *
 * @param shard the shard's number
 * @param role what the replica does
 * @param term its Raft term
 * @param leaderNode the node id of the leader as far as known here; 0 if none
 * @param replicaNodes the node ids of all replicas
 * @param commitIndex the last Raft index known to be committed
 * @param appliedIndex the last Raft index applied
 * @param checkpointIndex the Raft index of the last durable checkpoint; 0 if none
 * @param firstLogIndex the first Raft index in the write-ahead log
 * @param lastLogIndex the last Raft index in the write-ahead log
 * @param problem why it does not take writes; empty if it does
 */
public record ShardStatus(
        int shard,
        Role role,
        long term,
        int leaderNode,
        List<Integer> replicaNodes,
        long commitIndex,
        long appliedIndex,
        long checkpointIndex,
        long firstLogIndex,
        long lastLogIndex,
        String problem) {

    public ShardStatus {
        replicaNodes = List.copyOf(replicaNodes);
    }

    /** What a replica does. */
    public enum Role {
        LEADER,
        FOLLOWER,
        CANDIDATE,
        /** Stopped by an error; see the problem. */
        FAILED
    }
}
