package io.millrace.client.admin;

/** A change of who holds and leads what. Nodes are named by their ids, 1 to 65,535. */
public sealed interface ClusterChange {
    /**
     * Gives a broker shards: it brings new ones and takes replicas over from others.
     *
     * @param node the broker
     */
    record AddNode(int node) implements ClusterChange {}

    /**
     * Moves everything off a broker, then forgets it.
     *
     * @param node the broker
     */
    record RemoveNode(int node) implements ClusterChange {}

    /**
     * Moves all leaderships off a broker and gives it none; its replicas stay.
     *
     * @param node the broker
     */
    record DrainNode(int node) implements ClusterChange {}

    /**
     * Lets a broker lead again.
     *
     * @param node the broker
     */
    record UndrainNode(int node) implements ClusterChange {}

    /**
     * Moves one leadership.
     *
     * @param shard the shard's number
     * @param toNode the node that is to lead; 0: whichever is closest
     */
    record Transfer(int shard, int toNode) implements ClusterChange {}

    /**
     * Moves one replica.
     *
     * @param shard the shard's number
     * @param fromNode the node that holds it
     * @param toNode the node that is to hold it
     */
    record Move(int shard, int fromNode, int toNode) implements ClusterChange {}
}
