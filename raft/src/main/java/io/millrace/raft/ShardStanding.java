package io.millrace.raft;

/**
 * What a replica does and whom it follows: the part of {@link ShardStatus} that is asked many times
 * a second.
 *
 * @param role what the replica does
 * @param term its Raft term
 * @param leaderNode the node id of the leader as far as known here; 0 if none
 */
public record ShardStanding(ShardStatus.Role role, long term, int leaderNode) {

    /** That of a whole status. */
    public static ShardStanding of(ShardStatus status) {
        return new ShardStanding(status.role(), status.term(), status.leaderNode());
    }
}
