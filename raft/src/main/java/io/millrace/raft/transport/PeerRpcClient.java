package io.millrace.raft.transport;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import io.millrace.raft.transport.InFlight.Failure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One node's way to its peers, over the connections that all nodes of the broker share. An endpoint
 * is a node id in the shape of a port.
 */
final class PeerRpcClient implements RpcClient {

    private final PeerNetwork network;

    PeerRpcClient(PeerNetwork network) {
        this.network = network;
    }

    @Override
    public boolean init(RpcOptions options) {
        return true;
    }

    @Override
    public void shutdown() {}

    /** Of the control lane: elections and heartbeats must not wait for the lane with the data. */
    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return network.isReachable(endpoint.getPort());
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        return checkConnection(endpoint);
    }

    /** Does nothing: the connection is that of other groups, too. */
    @Override
    public void closeConnection(Endpoint endpoint) {}

    /** Not needed: the engine has its nodes look when a peer is connected again. */
    @Override
    public void registerConnectEventListener(ReplicatorGroup replicators) {}

    @Override
    public Object invokeSync(
            Endpoint endpoint, Object request, InvokeContext context, long timeoutMillis)
            throws InterruptedException, RemotingException {
        if (request instanceof PingRequest) {
            // Asked under the node's lock, before every vote: nothing to wait for.
            if (!checkConnection(endpoint)) {
                throw new RemotingException(unreachable(endpoint));
            }
            return ErrorResponse.newBuilder().setErrorCode(0).setErrorMsg("").build();
        }
        CompletableFuture<Object> answer = new CompletableFuture<>();
        invokeAsync(endpoint, request, context, new Waiting(answer), timeoutMillis);
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new RemotingException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new InvokeTimeoutException("no answer from " + endpoint, e);
        }
    }

    private record Waiting(CompletableFuture<Object> answer) implements InvokeCallback {

        @Override
        public void complete(Object result, Throwable error) {
            if (error == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(error);
            }
        }
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            InvokeContext context,
            InvokeCallback callback,
            long timeoutMillis)
            throws RemotingException {
        RaftMethod method = RaftMethod.of(request);
        if (method == null) {
            throw new RemotingException("brokers send no " + request.getClass().getSimpleName());
        }
        if (method == RaftMethod.HEARTBEAT
                && network.groups().isRead(((AppendEntriesRequest) request).getGroupId())) {
            method = RaftMethod.URGENT_HEARTBEAT;
        }
        PeerLink link = network.link(endpoint.getPort(), method.lane);
        Executor executor = executor(method, callback);
        boolean taken =
                link.send(
                        method,
                        (Message) request,
                        method == RaftMethod.HEARTBEAT,
                        timeoutMillis,
                        new Completion(callback, executor, endpoint));
        if (!taken) {
            ErrorResponse busy =
                    ErrorResponse.newBuilder()
                            .setErrorCode(RaftError.EBUSY.getNumber())
                            .setErrorMsg("too much waits to be sent to " + endpoint)
                            .build();
            executor.execute(() -> callback.complete(busy, null));
        }
    }

    /** Appends are answered in order; the others must not wait for them. */
    private Executor executor(RaftMethod method, InvokeCallback callback) {
        if (method == RaftMethod.APPEND && callback.executor() instanceof SerialExecutor serial) {
            return serial;
        }
        return network.callbacks();
    }

    private String unreachable(Endpoint endpoint) {
        return endpoint
                + " cannot be reached: "
                + network.link(endpoint.getPort(), Lane.CONTROL).problem();
    }

    /** Brings an answer to those who wait, off the network's thread. */
    private record Completion(InvokeCallback callback, Executor executor, Endpoint endpoint)
            implements InFlight.Callback {

        @Override
        public void answered(Message answer) {
            executor.execute(() -> callback.complete(answer, null));
        }

        @Override
        public void failed(Failure failure, String reason) {
            RemotingException error =
                    failure == Failure.TIMED_OUT
                            ? new InvokeTimeoutException("no answer from " + endpoint + " in time")
                            : new RemotingException(endpoint + " is not connected: " + reason);
            executor.execute(() -> callback.complete(null, error));
        }
    }
}
