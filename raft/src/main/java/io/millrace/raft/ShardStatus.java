package io.millrace.raft;

import java.util.List;

/**
 * How a replica of a shard is.
 *
 * @param shard the shard's number
 * @param role what the replica does
 * @param term its Raft term
 * @param leaderNode the node id of the leader as far as known here; 0 if none
 * @param members all members; a leader says who is in force by the newest configuration that is
 *     committed, before a change that is under way, any other whom the newest one in its log names
 * @param followers how far the others are; empty unless this replica leads
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
        Members members,
        List<Follower> followers,
        long commitIndex,
        long appliedIndex,
        long checkpointIndex,
        long firstLogIndex,
        long lastLogIndex,
        String problem) {

    public ShardStatus {
        followers = List.copyOf(followers);
    }

    /**
     * Another member, as the leader sees it.
     *
     * @param member who
     * @param matchIndex the last Raft index known to be in its log; 0 if unknown
     * @param silentMs how long ago it answered last, in milliseconds; {@code Long.MAX_VALUE} if it
     *     never did
     * @param installing whether it is being sent a checkpoint
     */
    public record Follower(Member member, long matchIndex, long silentMs, boolean installing) {}

    /** What a replica does. */
    public enum Role {
        LEADER,
        FOLLOWER,
        CANDIDATE,
        /** Stopped by an error; see the problem. */
        FAILED
    }
}
