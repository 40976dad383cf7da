package io.millrace.broker.controller.plan;

/** A change of the cluster that a person asks for. */
public sealed interface ClusterChange {

    /** Gives a broker shards. */
    record Add(int node) implements ClusterChange {}

    /** Moves everything off a broker, then forgets it. */
    record Remove(int node) implements ClusterChange {}

    /** Moves all leaderships off a broker and gives it none. */
    record Drain(int node) implements ClusterChange {}

    /** Lets a broker lead again, or calls its removal off. */
    record Undrain(int node) implements ClusterChange {}

    /**
     * Moves a leadership.
     *
     * @param to the node that is to lead; 0: the best of the others
     */
    record Transfer(int shard, int to) implements ClusterChange {}

    /** Moves a replica. */
    record Move(int shard, int from, int to) implements ClusterChange {}
}
