package io.millrace.raft.transport;

import io.grpc.Metadata;

/** A broker's identity in the metadata of a call. */
final class PeerHeaders {

    private static final Metadata.Key<String> CLUSTER = key("millrace-cluster");
    private static final Metadata.Key<String> NODE = key("millrace-node");
    private static final Metadata.Key<String> DIRECTORY = key("millrace-directory");
    private static final Metadata.Key<String> START = key("millrace-start");
    private static final Metadata.Key<String> NONCE = key("millrace-nonce");
    private static final Metadata.Key<String> TARGET = key("millrace-target");
    private static final Metadata.Key<String> LANE = key("millrace-lane");

    private PeerHeaders() {}

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    static void write(Metadata headers, PeerIdentity self) {
        headers.put(CLUSTER, self.clusterId());
        headers.put(NODE, Integer.toString(self.nodeId()));
        headers.put(DIRECTORY, self.directoryId());
        headers.put(START, Long.toString(self.startCounter()));
        headers.put(NONCE, Long.toString(self.startNonce()));
    }

    /** Adds whom a call is meant for: addresses are handed on by others and may be stale. */
    static void writeTarget(Metadata headers, int nodeId, Lane lane) {
        headers.put(TARGET, Integer.toString(nodeId));
        headers.put(LANE, lane.toString());
    }

    /**
     * @throws IllegalArgumentException if there is none, or one that makes no sense
     */
    static PeerIdentity read(Metadata headers) {
        String clusterId = headers.get(CLUSTER);
        String directoryId = headers.get(DIRECTORY);
        if (clusterId == null || directoryId == null) {
            throw new IllegalArgumentException("the call does not say which broker makes it");
        }
        return new PeerIdentity(
                clusterId,
                (int) number(headers, NODE),
                directoryId,
                number(headers, START),
                number(headers, NONCE));
    }

    /** Whom the call is meant for. */
    static int target(Metadata headers) {
        return (int) number(headers, TARGET);
    }

    static Lane lane(Metadata headers) {
        String name = headers.get(LANE);
        for (Lane lane : Lane.values()) {
            if (lane.toString().equals(name)) {
                return lane;
            }
        }
        throw new IllegalArgumentException("the call says no lane: " + name);
    }

    private static long number(Metadata headers, Metadata.Key<String> key) {
        String value = headers.get(key);
        try {
            return Long.parseLong(value == null ? "" : value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the call's " + key.name() + " is no number: " + value, e);
        }
    }
}
