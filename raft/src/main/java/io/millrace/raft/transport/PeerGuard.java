package io.millrace.raft.transport;

import java.util.Optional;

/**
 * Says whom this broker talks to. Asked at every handshake, in both directions, after the network
 * has made sure that the cluster is the right one, the node is another one, and no other run of the
 * same node is connected. Thread-safe; must not block.
 */
@FunctionalInterface
public interface PeerGuard {

    /**
     * @return why not, as a sentence for the other side's operator; empty if it is welcome
     */
    Optional<String> refusal(PeerIdentity peer);

    /**
     * Whether the cluster knows this data directory as that of the node. It then takes over from
     * another one that was connected before, instead of being kept out by it: a newcomer with the
     * node id must not win because the broker was out of reach for a moment.
     */
    default boolean isRegistered(PeerIdentity peer) {
        return false;
    }
}
