package io.millrace.perf.load;

import java.io.IOException;

/** Kills and starts brokers, for a load that has only a client. Calls block until it is done. */
interface Operator {
    /** Kills the process of a node by SIGKILL; it is gone when this returns. */
    void kill(int node) throws IOException;

    /** Starts a node that was killed, with its data; it serves when this returns. */
    void restart(int node) throws IOException;

    /** Takes the data of a node that was killed, as a new disk would. */
    void wipe(int node) throws IOException;

    /** Launches all nodes that were killed, at once; they do not serve yet when this returns. */
    void launch() throws IOException;
}
