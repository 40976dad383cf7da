package io.millrace.perf.compare.cluster;

import java.io.IOException;
import java.util.List;

/**
 * A cluster of three brokers, each a process of its own on the loopback address, with data of its
 * own that goes with it. For one thread at a time.
 */
public abstract class BrokerCluster implements BrokerControl, AutoCloseable {
    /** How many brokers each cluster has. */
    static final int BROKERS = 3;

    BrokerCluster() {}

    /** Its processes. */
    abstract Trio trio();

    /** What it is called in specs and results. */
    public abstract String name();

    /** Version and settings that matter, in a line. */
    public abstract String description();

    /**
     * Starts all brokers and returns once every one of them serves; blocks for minutes at most.
     *
     * @throws IOException if that does not come about; with the end of a log
     */
    public abstract void start() throws IOException, InterruptedException;

    /** The processes, by node id from 1 on; those that were killed are among them. */
    public final List<BrokerProcess> brokers() {
        return trio().all();
    }

    /** Where clients find it: host:port, with commas between. */
    public abstract String bootstrap();

    @Override
    public final void kill(int node) throws IOException, InterruptedException {
        trio().kill(node);
    }

    @Override
    public final void restart(int node) throws IOException, InterruptedException {
        trio().restart(node);
    }

    @Override
    public final void launchKilled() throws IOException {
        trio().launchKilled();
    }

    /** Stops all and removes their data. Idempotent. */
    @Override
    public final void close() throws IOException {
        trio().close();
    }
}
