package io.millrace.raft.transport;

import java.util.Locale;

/**
 * The three TCP connections to a peer. Each has its own threads, so that a lane that is stuck does
 * not delay the others.
 */
public enum Lane {
    /** Log entries. */
    DATA,
    /** Heartbeats, votes, handovers, read indices, and calls that must not wait for data. */
    CONTROL,
    /** Installations, checkpoints, and what is pulled from other replicas. */
    BULK;

    /** As in thread names, headers and metrics. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
