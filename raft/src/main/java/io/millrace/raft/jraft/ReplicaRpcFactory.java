package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;

/**
 * Keeps jraft from its own transport, which would open a port that speaks to anyone. jraft finds it
 * as a service and makes it itself, one for the process; each replica's client then finds the
 * engine's links in the replica's options.
 */
@SPI(name = "millrace", priority = 10)
public final class ReplicaRpcFactory implements RaftRpcFactory {

    @Override
    public void registerProtobufSerializer(String className, Object... args) {
        // The links know all messages.
    }

    @Override
    public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
        return new ReplicaClient();
    }

    /**
     * @throws UnsupportedOperationException always: replicas are started without a server
     */
    @Override
    public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException("replicas are reached through the peer port");
    }
}
