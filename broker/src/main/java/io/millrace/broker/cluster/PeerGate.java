package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.PeerIntroduction;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whom this broker talks to as one of its cluster. Thread-safe.
 *
 * <p>A broker that the map does not know passes: it has to be heard to register. So does one that
 * comes with an empty directory: whether it may take over the node id is the controller's decision.
 */
public final class PeerGate {

    /** The metadata key of refusals that say that a broker must not go on as it is. */
    static final String IDENTITY = "identity";

    /** What a refusal begins with that says so and comes as a bare sentence. */
    private static final String MUST_STOP = "must stop: ";

    private final Introduction self;
    private final Supplier<ClusterImage> image;

    public PeerGate(Introduction self, Supplier<ClusterImage> image) {
        this.self = self;
        this.image = image;
    }

    /** Why a broker is not talked to, a sentence; empty if it is. */
    public Optional<String> refusal(PeerIntroduction peer) {
        String cluster = self.get().getClusterId();
        if (cluster.isEmpty()) {
            return Optional.of("this broker belongs to no cluster yet");
        }
        if (!peer.getClusterId().equals(cluster)) {
            return Optional.of(
                    "this is a broker of the cluster %s, node %d belongs to %s; check cluster.seeds"
                            .formatted(
                                    cluster,
                                    peer.getNodeId(),
                                    peer.getClusterId().isEmpty()
                                            ? "none yet"
                                            : peer.getClusterId()));
        }
        return dangerous(peer).map(reason -> MUST_STOP + reason);
    }

    /**
     * The same for one who says all this of itself.
     *
     * @return a sentence for the other side, which {@link #told} understands
     */
    public Optional<String> refusal(
            String clusterId, int nodeId, String directoryId, long startCounter, long startNonce) {
        return refusal(
                PeerIntroduction.newBuilder()
                        .setClusterId(clusterId)
                        .setNodeId(nodeId)
                        .setDirectoryId(directoryId)
                        .setStartCounter(startCounter)
                        .setStartNonce(startNonce)
                        .build());
    }

    /** Whether the map knows a data directory as that of a node. */
    public boolean isRegistered(int nodeId, String directoryId) {
        BrokerImage known = image.get().brokers().get(nodeId);
        return known != null && known.isRegistered() && known.directoryId().equals(directoryId);
    }

    /** What this broker makes of the sentence with which another one has refused it. */
    public static MillraceException told(String sentence) {
        return mustStopReason(sentence)
                .map(PeerGate::mustStop)
                .orElseGet(
                        () ->
                                MillraceException.of(ErrorCode.NOT_READY, "refused: " + sentence)
                                        .withOutcome(WriteOutcome.NOT_APPLIED));
    }

    /** Why this broker must stop, if that is what the sentence says that it was refused with. */
    static Optional<String> mustStopReason(String sentence) {
        int at = sentence.indexOf(MUST_STOP);
        return at < 0 ? Optional.empty() : Optional.of(sentence.substring(at + MUST_STOP.length()));
    }

    /** Why a broker of this cluster must stop; empty if it need not. */
    Optional<String> dangerous(PeerIntroduction peer) {
        if (peer.getNodeId() == self.nodeId()) {
            return self.isMe(peer)
                    ? Optional.empty()
                    : Optional.of(
                            "node id %d is in use by another broker; give each its own node-id"
                                    .formatted(peer.getNodeId()));
        }
        BrokerImage known = image.get().brokers().get(peer.getNodeId());
        return known == null ? Optional.empty() : outlived(peer, known);
    }

    /** Whether the map knows a life of the same directory that excludes this one. */
    static Optional<String> outlived(PeerIntroduction peer, BrokerImage known) {
        if (!known.isRegistered() || !peer.getDirectoryId().equals(known.directoryId())) {
            return Optional.empty();
        }
        if (known.isGivenUp()) {
            return Optional.of(BrokerImage.GIVEN_UP_REASON.formatted(peer.getNodeId()));
        }
        if (peer.getStartCounter() < known.startCounter()) {
            return Optional.of(
                    ("broker %d comes with start %d of its data directory, but start %d is known:"
                                    + " the directory is an old copy, and what was acknowledged"
                                    + " since is not in it; give the broker back its newest"
                                    + " directory, or an empty one")
                            .formatted(
                                    peer.getNodeId(),
                                    peer.getStartCounter(),
                                    known.startCounter()));
        }
        if (peer.getStartCounter() == known.startCounter()
                && peer.getStartNonce() != known.startNonce()) {
            return Optional.of(
                    ("broker %d comes with start %d of its data directory, but another process has"
                                    + " registered that start: one of them has a copy of the"
                                    + " directory; give the broker its newest directory, or an"
                                    + " empty one, and another broker a node-id of its own")
                            .formatted(peer.getNodeId(), peer.getStartCounter()));
        }
        return Optional.empty();
    }

    /** The refusal of a broker that must stop. */
    static MillraceException mustStop(String reason) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, reason).with(IDENTITY, "refused");
    }

    /** Whether a refusal says that this broker must stop. */
    static boolean isMustStop(MillraceException refusal) {
        return refusal.code() == ErrorCode.INVALID_ARGUMENT
                && refusal.metadata().containsKey(IDENTITY);
    }
}
