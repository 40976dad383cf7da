package io.millrace.raft.transport;

/**
 * Who a broker says that it is. Sent with every call on the peer port but those that anyone may
 * make.
 *
 * @param clusterId the cluster that it belongs to
 * @param nodeId its node id, 1 or more
 * @param directoryId its data directory's own id
 * @param startCounter how often that directory has been started
 * @param startNonce drawn at this start: tells two copies of one directory apart
 */
public record PeerIdentity(
        String clusterId, int nodeId, String directoryId, long startCounter, long startNonce) {

    public PeerIdentity {
        if (nodeId < 1) {
            throw new IllegalArgumentException("node ids start at 1, got " + nodeId);
        }
    }

    /** Whether it is the same run of the same broker. */
    boolean isSameRun(PeerIdentity other) {
        return directoryId.equals(other.directoryId)
                && startCounter == other.startCounter
                && startNonce == other.startNonce;
    }

    /** Whether the other is an earlier run over the same directory. */
    boolean isLaterRunThan(PeerIdentity other) {
        return directoryId.equals(other.directoryId) && startCounter > other.startCounter;
    }
}
