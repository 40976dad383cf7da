package io.millrace.broker.cluster;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/**
 * The checks that every stream begins with, the same for all services. Immutable.
 *
 * @param clusterId the cluster that this broker belongs to
 */
public record Handshake(String clusterId) {

    /** The only protocol version there is. */
    public static final int PROTOCOL_VERSION = 1;

    private static final int MAX_NAME = 200;

    /**
     * Checks what a client says of itself.
     *
     * @param version the protocol version that it speaks
     * @param wantedCluster the cluster that it means; empty: any
     * @param clientName its name
     * @throws MillraceException naming the field and the way out
     */
    public void check(int version, String wantedCluster, String clientName) {
        if (version != PROTOCOL_VERSION) {
            throw MillraceException.of(
                            ErrorCode.UNSUPPORTED_VERSION,
                            "protocol version %s is not spoken here, only %d; use a client of the"
                                            .formatted(
                                                    Integer.toUnsignedString(version),
                                                    PROTOCOL_VERSION)
                                    + " broker's release")
                    .with("supported", PROTOCOL_VERSION);
        }
        if (!wantedCluster.isEmpty() && !wantedCluster.equals(clusterId)) {
            throw MillraceException.of(
                            ErrorCode.WRONG_CLUSTER,
                            "this broker belongs to cluster %s, not to %s; check the server address"
                                    .formatted(clusterId, wantedCluster))
                    .with("cluster_id", clusterId);
        }
        if (clientName.length() > MAX_NAME) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "client_name has %d characters; at most %d are allowed"
                                    .formatted(clientName.length(), MAX_NAME))
                    .with("field", "client_name");
        }
    }
}
