package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.v1.PeerIntroduction;
import java.util.List;

/** How this broker introduces itself to others. Thread-safe. */
public final class Introduction {

    private final PeerIntroduction fixed;
    private volatile PeerIntroduction current;

    /**
     * A broker that is in no cluster yet.
     *
     * @param nodeId its node id
     * @param directoryId its data directory's own id
     * @param startCounter how often that has been started
     * @param startNonce drawn at this start
     * @param seeds the seeds in its configuration
     * @param version its version
     */
    public Introduction(
            int nodeId,
            String directoryId,
            long startCounter,
            long startNonce,
            List<String> seeds,
            String version) {
        this.fixed =
                PeerIntroduction.newBuilder()
                        .setNodeId(nodeId)
                        .setDirectoryId(directoryId)
                        .setStartCounter(startCounter)
                        .setStartNonce(startNonce)
                        .addAllSeeds(seeds)
                        .setVersion(version)
                        .build();
        this.current = fixed;
    }

    /** It belongs to this cluster: to be called when its data directory says so, durably. */
    public void belongsTo(String clusterId) {
        current = fixed.toBuilder().setClusterId(clusterId).build();
    }

    /** The introduction of this moment. */
    public PeerIntroduction get() {
        return current;
    }

    public int nodeId() {
        return fixed.getNodeId();
    }

    /** Whether the one who says this of itself is this very broker in this very life. */
    public boolean isMe(PeerIntroduction other) {
        return other.getNodeId() == fixed.getNodeId()
                && other.getDirectoryId().equals(fixed.getDirectoryId())
                && other.getStartNonce() == fixed.getStartNonce();
    }

    /** Whether what the map knows under a node id is this very broker in this very life. */
    public boolean isRegisteredAs(BrokerImage known) {
        return known.nodeId() == fixed.getNodeId()
                && known.directoryId().equals(fixed.getDirectoryId())
                && known.startCounter() == fixed.getStartCounter()
                && known.startNonce() == fixed.getStartNonce();
    }
}
