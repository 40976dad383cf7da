package io.millrace.perf.load;

import java.io.IOException;

/** Kills and starts brokers, for a load that has only a client. Calls block until it is done. */
interface Operator {
    /** Kills the process of a node by SIGKILL; it is gone when this returns. */
    void kill(int node) throws IOException;

    /** Starts a node that was killed, with its data; it serves when this returns. */
    void restart(int node) throws IOException;
}
