package io.millrace.raft;

/**
 * A member of a shard.
 *
 * @param nodeId the broker's node id, 1 or more
 * @param replicaId its replica id in the shard, 1 or more; a broker that loses its replica comes
 *     back as another member
 */
public record Member(int nodeId, int replicaId) {

    public Member {
        if (nodeId < 1 || replicaId < 1) {
            throw new IllegalArgumentException(
                    "node and replica ids start at 1, got " + nodeId + " and " + replicaId);
        }
    }
}
