package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.util.Endpoint;

/**
 * What a replica sends goes through here on its way to the engine's links: so it is known how far
 * the followers are, and a replica that must not become leader yet does not ask for votes.
 */
final class ReplicaClient implements RpcClient {

    private ReplicatorGroup replicators;
    private RpcClient links;
    private FollowerProgress progress;
    private CandidacyGate gate;

    /** jraft calls it first, before {@link #init}. */
    @Override
    public void registerConnectEventListener(ReplicatorGroup group) {
        replicators = group;
    }

    @Override
    public boolean init(RpcOptions options) {
        ReplicaNodeOptions own = (ReplicaNodeOptions) options;
        links = own.links().client();
        progress = own.progress();
        gate = own.gate();
        own.replicators(replicators);
        links.registerConnectEventListener(replicators);
        return links.init(options);
    }

    @Override
    public void shutdown() {
        links.shutdown();
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return links.checkConnection(endpoint);
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        return links.checkConnection(endpoint, createIfAbsent);
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        links.closeConnection(endpoint);
    }

    @Override
    public Object invokeSync(
            Endpoint endpoint, Object request, InvokeContext context, long timeoutMillis)
            throws InterruptedException, RemotingException {
        return links.invokeSync(endpoint, request, context, timeoutMillis);
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            InvokeContext context,
            InvokeCallback callback,
            long timeoutMillis)
            throws InterruptedException, RemotingException {
        if (request instanceof RequestVoteRequest
                && ((RequestVoteRequest) request).getPreVote()
                && gate.holdsBack()) {
            throw new RemotingException(
                    "it holds back with its candidacy: it misses data, or its disk hangs");
        }
        InvokeCallback watched = progress.watch(request, callback);
        links.invokeAsync(endpoint, request, context, watched, timeoutMillis);
    }
}
