package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcResponseClosureAdapter;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.concurrent.DefaultFixedThreadsExecutorGroupFactory;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links between the engines of one process, which can be cut. Requests are copied, as they
 * would be by a network, and arrive in order on a lane. As over the network, whatever is in flight
 * fails at once when its link is cut.
 */
final class MemoryLinks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryLinks.class);

    private static final int PART_BYTES = 64;

    private final Map<Integer, Function<CheckpointRequest, CheckpointPart>> checkpoints =
            new ConcurrentHashMap<>();
    private final Map<Integer, IntConsumer> movers = new ConcurrentHashMap<>();
    private final Map<String, ExecutorService> lanes = new ConcurrentHashMap<>();
    private final FixedThreadsExecutorGroup answers =
            DefaultFixedThreadsExecutorGroupFactory.INSTANCE.newExecutorGroup(
                    2, "memory-links-", 1 << 16);
    private final Set<Integer> down = ConcurrentHashMap.newKeySet();

    /** The requests that wait for their answers. */
    private final Set<Call> inFlight = ConcurrentHashMap.newKeySet();

    /** Is told each request and its answer, before it is given. */
    volatile BiConsumer<Message, Object> beforeAnswer = (request, answer) -> {};

    /** Called before each part of a checkpoint is fetched. */
    volatile Runnable beforePart = () -> {};

    /** How often a broker has asked another to move shards on. */
    final AtomicInteger asks = new AtomicInteger();

    /** A part that is asked for. */
    record CheckpointRequest(CheckpointName name, long offset, int maxBytes) {}

    /** Reaches nobody from now on, nor is reached. */
    void cut(int node) {
        down.add(node);
        inFlight.forEach(call -> call.failIfCut());
    }

    void mend(int node) {
        down.remove(node);
    }

    void serve(int node, RaftEngine engine) {
        movers.put(node, engine::moveOn);
        checkpoints.put(
                node,
                request -> {
                    try {
                        return engine.checkpointPart(
                                request.name(), request.offset(), request.maxBytes());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
    }

    private boolean isCut(int from, int to) {
        return down.contains(from) || down.contains(to);
    }

    private ExecutorService lane(String name) {
        return lanes.computeIfAbsent(
                name,
                key ->
                        Executors.newSingleThreadExecutor(
                                task -> {
                                    Thread thread = new Thread(task, "lane " + key);
                                    thread.setDaemon(true);
                                    return thread;
                                }));
    }

    @Override
    public void close() {
        lanes.values().forEach(ExecutorService::shutdownNow);
        answers.shutdownGracefully();
    }

    PeerLinks from(int node) {
        return new PeerLinks() {
            @Override
            public RpcClient client() {
                return new Client(node);
            }

            @Override
            public FixedThreadsExecutorGroup replicationExecutors() {
                return answers;
            }

            @Override
            public void askToMoveOn(int to, List<Integer> shards) {
                asks.incrementAndGet();
                if (!isCut(node, to)) {
                    shards.forEach(movers.get(to)::accept);
                }
            }

            @Override
            public CheckpointPart part(CheckpointName name, long offset) throws IOException {
                beforePart.run();
                if (isCut(node, name.node())) {
                    throw new IOException("cut");
                }
                try {
                    return checkpoints
                            .get(name.node())
                            .apply(new CheckpointRequest(name, offset, PART_BYTES));
                } catch (java.io.UncheckedIOException e) {
                    throw e.getCause();
                }
            }
        };
    }

    private final class Client implements RpcClient {

        private final int from;

        Client(int from) {
            this.from = from;
        }

        @Override
        public boolean init(RpcOptions options) {
            return true;
        }

        @Override
        public void shutdown() {}

        @Override
        public boolean checkConnection(Endpoint endpoint) {
            return !isCut(from, endpoint.getPort());
        }

        @Override
        public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
            return checkConnection(endpoint);
        }

        @Override
        public void closeConnection(Endpoint endpoint) {}

        @Override
        public void registerConnectEventListener(ReplicatorGroup group) {}

        @Override
        public Object invokeSync(
                Endpoint endpoint, Object request, InvokeContext context, long timeoutMillis)
                throws RemotingException {
            if (!checkConnection(endpoint) || !(request instanceof PingRequest)) {
                throw new RemotingException("cut");
            }
            return ErrorResponse.newBuilder().setErrorCode(0).build();
        }

        @Override
        public void invokeAsync(
                Endpoint endpoint,
                Object request,
                InvokeContext context,
                InvokeCallback callback,
                long timeoutMillis)
                throws RemotingException {
            int to = endpoint.getPort();
            if (isCut(from, to)) {
                throw new RemotingException("cut");
            }
            Message copy = copy((Message) request);
            Call call = new Call(from, to, callback);
            inFlight.add(call);
            if (!(copy instanceof InstallSnapshotRequest)) {
                CompletableFuture.delayedExecutor(timeoutMillis, TimeUnit.MILLISECONDS)
                        .execute(() -> call.give(null, new InvokeTimeoutException("timeout")));
            }
            boolean data =
                    copy instanceof AppendEntriesRequest
                            && ((AppendEntriesRequest) copy).getEntriesCount() > 0;
            String kind =
                    data ? "data" : copy instanceof InstallSnapshotRequest ? "bulk" : "control";
            lane(from + " to " + to + " " + kind)
                    .execute(
                            () -> {
                                if (!call.failIfCut()) {
                                    deliver(
                                            copy,
                                            (result, error) -> {
                                                beforeAnswer.accept(copy, result);
                                                if (!call.failIfCut()) {
                                                    call.give(result, error);
                                                }
                                            });
                                }
                            });
        }
    }

    /** A request on its way, until it is answered or its link is cut. */
    private final class Call implements Answer {

        private final int from;
        private final int to;
        private final InvokeCallback callback;
        private final AtomicBoolean over = new AtomicBoolean();

        Call(int from, int to, InvokeCallback callback) {
            this.from = from;
            this.to = to;
            this.callback = callback;
        }

        boolean failIfCut() {
            boolean cut = isCut(from, to);
            if (cut) {
                give(null, new RemotingException("cut"));
            }
            return cut;
        }

        @Override
        public void give(Object result, Throwable error) {
            if (over.compareAndSet(false, true)) {
                inFlight.remove(this);
                try {
                    callback.executor().execute(() -> callback.complete(result, error));
                } catch (RejectedExecutionException e) {
                    // The asker has stopped.
                }
            }
        }
    }

    /** Takes an answer, or the reason why there is none. */
    private interface Answer {
        void give(Object result, Throwable error);
    }

    private static Message copy(Message request) {
        try {
            return request.getParserForType().parseFrom(request.toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RaftServerService node(String group, String peer) {
        return (RaftServerService) NodeManager.getInstance().get(group, PeerId.parsePeer(peer));
    }

    private static void deliver(Message request, Answer answer) {
        String group = String.valueOf(field(request, "group_id"));
        String peer = String.valueOf(field(request, "peer_id"));
        RaftServerService node = node(group, peer);
        if (node == null) {
            answer.give(
                    ErrorResponse.newBuilder()
                            .setErrorCode(com.alipay.sofa.jraft.error.RaftError.ENOENT.getNumber())
                            .setErrorMsg("Peer id not found: " + peer)
                            .build(),
                    null);
            return;
        }
        RpcRequestClosure done = new RpcRequestClosure(new Context(answer));
        Message response = null;
        try {
            response = handle(node, request, done);
        } catch (RuntimeException e) {
            // As over the network, who asked is not answered: jraft throws when it is asked to
            // install what it installs already.
            LOG.warn("{} could not be handled", request.getClass().getSimpleName(), e);
        }
        if (response != null) {
            answer.give(response, null);
        }
    }

    private static Object field(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    private static Message handle(RaftServerService node, Message request, RpcRequestClosure done) {
        if (request instanceof AppendEntriesRequest) {
            return node.handleAppendEntriesRequest((AppendEntriesRequest) request, done);
        }
        if (request instanceof RequestVoteRequest) {
            RequestVoteRequest vote = (RequestVoteRequest) request;
            return vote.getPreVote()
                    ? node.handlePreVoteRequest(vote)
                    : node.handleRequestVoteRequest(vote);
        }
        if (request instanceof InstallSnapshotRequest) {
            return node.handleInstallSnapshot((InstallSnapshotRequest) request, done);
        }
        if (request instanceof TimeoutNowRequest) {
            return node.handleTimeoutNowRequest((TimeoutNowRequest) request, done);
        }
        if (request instanceof ReadIndexRequest) {
            node.handleReadIndexRequest(
                    (ReadIndexRequest) request,
                    new RpcResponseClosureAdapter<ReadIndexResponse>() {
                        @Override
                        public void run(Status status) {
                            if (getResponse() != null) {
                                done.sendResponse(getResponse());
                            } else {
                                done.run(status);
                            }
                        }
                    });
            return null;
        }
        throw new IllegalArgumentException("unknown: " + request);
    }

    private record Context(Answer answer) implements RpcContext {

        @Override
        public void sendResponse(Object response) {
            answer.give(response, null);
        }

        @Override
        public Connection getConnection() {
            return null;
        }

        @Override
        public String getRemoteAddress() {
            return "memory";
        }
    }
}
