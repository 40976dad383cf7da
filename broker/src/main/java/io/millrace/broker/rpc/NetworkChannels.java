package io.millrace.broker.rpc;

import io.grpc.Channel;
import io.millrace.raft.transport.Lane;
import io.millrace.raft.transport.PeerNetwork;

/** The broker's own calls over the connections that its replicas have. */
public final class NetworkChannels implements PeerChannels {

    private final PeerNetwork network;

    public NetworkChannels(PeerNetwork network) {
        this.network = network;
    }

    @Override
    public Channel control(int nodeId) {
        return network.channel(nodeId, Lane.CONTROL);
    }

    @Override
    public Channel bulk(int nodeId) {
        return network.channel(nodeId, Lane.BULK);
    }

    @Override
    public Channel anonymous(String address) {
        return network.anonymousChannel(address);
    }

    @Override
    public boolean isReachable(int nodeId) {
        return network.isReachable(nodeId);
    }
}
