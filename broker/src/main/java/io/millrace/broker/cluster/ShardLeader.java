package io.millrace.broker.cluster;

/**
 * The leader of a shard.
 *
 * @param nodeId the node that leads; 0: none known
 * @param epoch its epoch: of two that claim to lead, the higher one does. May be known without the
 *     leader
 */
public record ShardLeader(int nodeId, long epoch) {

    /** Nothing is known of any leader. */
    public static final ShardLeader NONE = new ShardLeader(0, 0);

    /** Whether there is one. */
    public boolean isKnown() {
        return nodeId != 0;
    }
}
