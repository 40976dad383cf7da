package io.millrace.broker.pull;

import java.io.IOException;
import java.time.Duration;

/** Asks other brokers for stored batches. Thread-safe. */
public interface PullSource {

    /**
     * Asks a broker for the batches of a range, or for as many of the first ones as it gives at
     * once. Blocks until it has answered.
     *
     * @param node the broker's node id
     * @param from the first offset wanted
     * @param to the first offset not wanted any more
     * @param deadline how long it may take
     * @throws PullRefusedException if it has answered that it cannot give them
     * @throws IOException if it cannot be reached or has not answered in time
     */
    PulledChunk pull(int node, int shard, long partitionId, long from, long to, Duration deadline)
            throws IOException;
}
