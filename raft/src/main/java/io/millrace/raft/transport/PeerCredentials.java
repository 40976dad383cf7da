package io.millrace.raft.transport;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;

/**
 * The one place where it is decided how connections between brokers are secured. Plaintext: the
 * broker's configuration allows it on the loopback only, or when told to.
 */
final class PeerCredentials {

    private PeerCredentials() {}

    static ServerCredentials server() {
        return InsecureServerCredentials.create();
    }

    static ChannelCredentials client() {
        return InsecureChannelCredentials.create();
    }
}
