package io.millrace.client.admin;

/**
 * How one replica of a shard is.
 *
 * @param nodeId the node that holds it
 * @param replicaId its id
 * @param state NEW, LEARNER, VOTER, LEAVING or LOST: what it is meant to be
 * @param role LEADER, FOLLOWER, CANDIDATE or FAILED; empty if nothing is heard of it
 * @param lag Raft entries that it lacks, as the leader sees it; null: unknown
 * @param appliedIndex the last Raft index applied
 * @param missingRecords records that are missing in its partition logs, and pulled from others
 * @param pulledBytes bytes pulled so far
 * @param silentMs how long ago it was heard of, in milliseconds; null: never
 * @param problem what is wrong with it; empty if nothing
 */
public record ReplicaStatus(
        int nodeId,
        long replicaId,
        String state,
        String role,
        Long lag,
        long appliedIndex,
        long missingRecords,
        long pulledBytes,
        Long silentMs,
        String problem) {}
