package io.millrace.raft.transport;

/** Hears what the peer connections do. Called on network threads: must not block or throw. */
public interface PeerListener {

    /** Hears nothing. */
    PeerListener NONE = new PeerListener() {};

    /** A connection to a peer is up; the first time or again. */
    default void connected(int nodeId, Lane lane) {}

    /** A connection to a peer was up and is not any more. */
    default void disconnected(int nodeId, Lane lane, String reason) {}

    /**
     * A handshake was refused: by this broker, or by the other.
     *
     * @param nodeId who the other says that it is; 0 if it does not say
     */
    default void refused(int nodeId, String reason) {}

    /** A request got no answer in time. */
    default void timedOut(int nodeId, Lane lane) {}

    /** A request was refused because the lane's queue was full. */
    default void overflowed(int nodeId, Lane lane) {}

    /** A request of a peer was refused because its group's queue here was full. */
    default void groupBusy(int nodeId, String group) {}

    /** The leader's replication to a member stood still and was started anew. */
    default void replicatorRestarted(String group, int nodeId) {}
}
