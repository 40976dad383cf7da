package io.millrace.raft;

import java.util.List;

/**
 * A replica of a shard to be started on this broker.
 *
 * @param shardId the shard's number, 0 or more; 0 is the controller
 * @param replicaId this broker's replica id in the shard, 1 or more; handed out once per placement
 *     and never reused in the shard
 * @param voters the voters the shard is born with, this replica among them; used only when the
 *     shard is created, because afterwards the log and the checkpoints know better
 * @param create whether the replica may be new. If so and nothing of it is on the disk, its vote
 *     file is written and forced before it takes part; without it an absent vote file means that
 *     the replica is lost
 */
public record ShardSpec(int shardId, int replicaId, List<Voter> voters, boolean create) {

    public ShardSpec {
        if (shardId < 0) {
            throw new IllegalArgumentException("shard id must be 0 or more, got " + shardId);
        }
        if (replicaId < 1) {
            throw new IllegalArgumentException("replica id must be 1 or more, got " + replicaId);
        }
        voters = List.copyOf(voters);
        if (create && voters.stream().noneMatch(voter -> voter.replicaId() == replicaId)) {
            throw new IllegalArgumentException(
                    "replica " + replicaId + " is not among the voters " + voters);
        }
    }

    /**
     * A member of a shard.
     *
     * @param nodeId the broker's node id, 1 or more
     * @param replicaId its replica id in the shard, 1 or more
     */
    public record Voter(int nodeId, int replicaId) {

        public Voter {
            if (nodeId < 1 || replicaId < 1) {
                throw new IllegalArgumentException(
                        "node and replica ids start at 1, got " + nodeId + " and " + replicaId);
            }
        }
    }
}
