package io.millrace.perf.compare.cluster;

import java.io.IOException;

/** What can be done to the brokers of a cluster that is up. For one thread at a time. */
public interface BrokerControl {
    /** Kills the process of a node with SIGKILL and waits until it is gone. */
    void kill(int node) throws IOException, InterruptedException;

    /** Starts a node again that was killed, with its data; returns once it serves. */
    void restart(int node) throws IOException, InterruptedException;

    /** Leaves a node that was killed without data, as a new disk would; takes seconds at most. */
    void wipe(int node) throws IOException, InterruptedException;

    /** Launches all that were killed, at once; does not wait until they serve. */
    void launchKilled() throws IOException;
}
