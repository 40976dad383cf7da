package io.millrace.raft.transport;

import java.util.Optional;

/**
 * Where the peer ports of the other brokers are. Asked before every attempt to connect, so it may
 * change at any time. Thread-safe; must not block.
 */
@FunctionalInterface
public interface PeerAddresses {

    /**
     * @return host:port; empty if unknown at the moment
     */
    Optional<String> address(int nodeId);
}
