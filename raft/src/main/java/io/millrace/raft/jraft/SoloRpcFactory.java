package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;

/**
 * The transport of shards with one voter: there is nobody to talk to. It keeps jraft from its own,
 * which would open a port that speaks to anyone. jraft finds it as a service and makes it itself.
 */
@SPI(name = "solo", priority = 10)
public final class SoloRpcFactory implements RaftRpcFactory {

    private static final String NO_PEERS = "this version has no transport between brokers";

    @Override
    public void registerProtobufSerializer(String className, Object... args) {
        // Nothing is sent, so nothing is serialised.
    }

    @Override
    public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
        return new Client();
    }

    /**
     * @throws UnsupportedOperationException always: shards are started without a server
     */
    @Override
    public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException(NO_PEERS);
    }

    /** Reaches no one, and says so at once. */
    private static final class Client implements RpcClient {

        @Override
        public boolean init(RpcOptions options) {
            return true;
        }

        @Override
        public void shutdown() {}

        @Override
        public boolean checkConnection(Endpoint endpoint) {
            return false;
        }

        @Override
        public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
            return false;
        }

        @Override
        public void closeConnection(Endpoint endpoint) {}

        @Override
        public void registerConnectEventListener(ReplicatorGroup group) {}

        @Override
        public Object invokeSync(
                Endpoint endpoint, Object request, InvokeContext context, long timeoutMillis)
                throws RemotingException {
            throw unreachable(endpoint);
        }

        @Override
        public void invokeAsync(
                Endpoint endpoint,
                Object request,
                InvokeContext context,
                InvokeCallback callback,
                long timeoutMillis)
                throws RemotingException {
            throw unreachable(endpoint);
        }

        private static RemotingException unreachable(Endpoint endpoint) {
            return new RemotingException(endpoint + " cannot be reached: " + NO_PEERS);
        }
    }
}
