package io.millrace.raft.transport;

import java.util.Optional;

/** Decides whether two brokers talk to each other. Thread-safe. */
final class Handshake {

    private final PeerGuard guard;
    private final ConnectedPeers connected;

    private volatile PeerIdentity self;

    Handshake(PeerGuard guard) {
        this.guard = guard;
        this.connected = new ConnectedPeers(guard::isRegistered);
    }

    ConnectedPeers connected() {
        return connected;
    }

    void identity(PeerIdentity identity) {
        self = identity;
    }

    /** Who this broker is; null while it belongs to no cluster. */
    PeerIdentity self() {
        return self;
    }

    /**
     * Why a call is refused.
     *
     * @param me who this broker is
     * @param peer who calls
     * @param target whom it means to call
     */
    Optional<String> callRefusal(PeerIdentity me, PeerIdentity peer, int target) {
        if (target != me.nodeId() && peer.clusterId().equals(me.clusterId())) {
            return Optional.of(
                    "this is node %d, not node %d: its address is out of date"
                            .formatted(me.nodeId(), target));
        }
        Optional<String> refusal = refusal(me, peer);
        return refusal.isPresent() ? refusal : connected.refusal(peer);
    }

    /** Why the broker that was reached is not to be talked to. */
    Optional<String> answerRefusal(PeerIdentity me, PeerIdentity peer, int target) {
        if (peer.nodeId() != target) {
            return Optional.of(
                    "node %d answers at the address of node %d".formatted(peer.nodeId(), target));
        }
        return refusal(me, peer);
    }

    private Optional<String> refusal(PeerIdentity me, PeerIdentity peer) {
        if (!peer.clusterId().equals(me.clusterId())) {
            return Optional.of(
                    "node %d belongs to cluster %s, node %d to cluster %s"
                            .formatted(
                                    peer.nodeId(), peer.clusterId(), me.nodeId(), me.clusterId()));
        }
        if (peer.nodeId() == me.nodeId()) {
            return Optional.of(
                    peer.isSameRun(me)
                            ? "node %d called itself: the address of a peer is its own"
                                    .formatted(me.nodeId())
                            : "two brokers have the node id %d: give every broker one of its own"
                                    .formatted(me.nodeId()));
        }
        return guard.refusal(peer);
    }
}
