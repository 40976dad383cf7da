package io.millrace.broker.cluster;

import io.millrace.v1.GreetResponse;
import io.millrace.v1.PeerIntroduction;

/**
 * What greeting a seed came to.
 *
 * @param address the seed, as it is in the configuration
 * @param response what it answered; null if it did not
 * @param failure why not; empty if it did
 */
record SeedAnswer(String address, GreetResponse response, String failure) {

    private static final int MAX_NODE_ID = 65_535;

    static SeedAnswer of(String address, GreetResponse response) {
        PeerIntroduction peer = response.getPeer();
        boolean sane =
                peer.getNodeId() >= 1
                        && peer.getNodeId() <= MAX_NODE_ID
                        && !peer.getDirectoryId().isEmpty()
                        && peer.getClusterId().matches("[A-Za-z0-9_-]{0,64}");
        if (!sane) {
            return failed(address, "what answers there does not introduce itself as a broker");
        }
        return new SeedAnswer(address, response, "");
    }

    static SeedAnswer failed(String address, String failure) {
        return new SeedAnswer(address, null, failure);
    }

    boolean answered() {
        return response != null;
    }

    PeerIntroduction peer() {
        return response.getPeer();
    }

    boolean knowsACluster() {
        return answered() && !peer().getClusterId().isEmpty();
    }

    boolean sameBroker(SeedAnswer other) {
        return peer().getDirectoryId().equals(other.peer().getDirectoryId())
                && peer().getStartNonce() == other.peer().getStartNonce();
    }
}
