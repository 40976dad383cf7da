package io.millrace.raft.transport;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;

/**
 * Brings jraft's requests to the {@link PeerNetwork}. It keeps jraft from its own transport, which
 * would open a port that takes commands from anyone. jraft finds it as a service and makes it
 * itself.
 */
@SPI(name = "millrace", priority = 10)
public final class PeerRpcFactory implements RaftRpcFactory {

    @Override
    public void registerProtobufSerializer(String className, Object... args) {
        // The network knows the few messages that it takes.
    }

    @Override
    public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
        return new PeerRpcClient();
    }

    /**
     * @throws UnsupportedOperationException always: the network has a server of its own
     */
    @Override
    public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException("the peer port is the server of all groups");
    }
}
