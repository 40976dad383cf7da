package io.millrace.broker.rpc;

import io.grpc.Channel;

/** Connections to other brokers. Thread-safe; nothing blocks. */
public interface PeerChannels {

    /** For small calls that must not wait behind others. */
    Channel control(int nodeId);

    /** For what is large and may wait. */
    Channel bulk(int nodeId);

    /** To whoever is at an address, without saying who calls. */
    Channel anonymous(String address);

    /** Whether there is a connection to a broker, as far as known. */
    boolean isReachable(int nodeId);
}
