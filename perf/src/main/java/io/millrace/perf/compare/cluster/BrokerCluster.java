package io.millrace.perf.compare.cluster;

import java.io.IOException;
import java.util.List;

/**
 * A cluster of three brokers, each a process of its own on the loopback address, with data of its
 * own that goes with it. For one thread at a time.
 */
public interface BrokerCluster extends AutoCloseable {
    /** How many brokers each cluster has. */
    int BROKERS = 3;

    /** What it is called in specs and results. */
    String name();

    /** Version and settings that matter, in a line. */
    String description();

    /**
     * Starts all brokers and returns once every one of them serves; blocks for minutes at most.
     *
     * @throws IOException if that does not come about; with the end of a log
     */
    void start() throws IOException, InterruptedException;

    /** The processes, by node id from 1 on; those that were killed are among them. */
    List<BrokerProcess> brokers();

    /** Where clients find it: host:port, with commas between. */
    String bootstrap();

    /** Kills the process of a node with SIGKILL and waits until it is gone. */
    void kill(int node) throws IOException, InterruptedException;

    /** Starts a node again that was killed, with its data; returns once it serves. */
    void restart(int node) throws IOException, InterruptedException;

    /** Stops all and removes their data. Idempotent. */
    @Override
    void close() throws IOException;
}
