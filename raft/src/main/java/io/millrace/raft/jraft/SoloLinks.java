package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import java.io.IOException;

/** The links of a broker that is alone: it reaches no one, and says so at once. */
final class SoloLinks implements PeerLinks {

    private static final String NO_PEERS = "this broker has no peers";

    @Override
    public RpcClient client() {
        return new Client();
    }

    @Override
    public CheckpointPart part(CheckpointName name, long offset) throws IOException {
        throw new IOException(NO_PEERS);
    }

    /** Fails every call. */
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
