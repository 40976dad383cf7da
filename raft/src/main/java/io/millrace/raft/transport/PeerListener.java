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

    /**
     * The other side has refused this broker's call, and is who was called: a member of the same
     * cluster, by its own account, at the address that {@link PeerAddresses} has for it. Comes with
     * every attempt, besides {@link #refused}; never for what this broker refuses itself, and never
     * by the word of somebody whom the guard here refuses. So what others come up with does not end
     * here: they would have to be called.
     *
     * @param nodeId who was called
     * @param reason what it said
     */
    default void turnedAway(int nodeId, String reason) {}

    /** A request got no answer in time. */
    default void timedOut(int nodeId, Lane lane) {}

    /** A request was refused because the lane's queue was full. */
    default void overflowed(int nodeId, Lane lane) {}

    /** A request of a peer was refused because its group's queue here was full. */
    default void groupBusy(int nodeId, String group) {}

    /** The leader's replication to a member stood still and was started anew. */
    default void replicatorRestarted(String group, int nodeId) {}

    /** Lets another hear the same, after this one. */
    default PeerListener and(PeerListener other) {
        return new PeerListeners(this, other);
    }
}
