package io.millrace.perf.driver;

/**
 * Who leads the partitions of topics. Calls block, with a deadline, and throw what the client
 * throws: while a broker is down, any of them may fail. Thread-safe.
 */
public interface Leadership {
    /** No node. */
    int NOBODY = 0;

    /** The node id of a partition's leader; {@link #NOBODY} if none is known. */
    int leader(String topic, int partition);

    /**
     * Whether all brokers are up, and all replicas of the topic are there and have what their
     * leaders have, or nearly so: any of them could lead at once.
     */
    boolean isWhole(String topic);

    /**
     * Asks for another leader, in order and while all is up, as an operator would. Does not wait
     * until it leads.
     *
     * @param node holds a replica
     */
    void move(String topic, int partition, int node);
}
