package io.millrace.raft.transport;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcResponseClosureAdapter;
import com.google.protobuf.Message;

/** Has jraft's nodes of this broker handle requests. Blocks as they do. */
final class Replicas implements RequestHandler {

    private final PeerGroups groups;

    Replicas(PeerGroups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(Request request, Answer answer) {
        Node node = NodeManager.getInstance().get(request.group(), request.replica());
        if (node == null) {
            // jraft's own words.
            answer.error(
                    RaftError.ENOENT,
                    "Peer id not found: %s, group: %s"
                            .formatted(request.replica(), request.group()));
            return;
        }
        PeerGroups.Group group = groups.group(request.group());
        Message now = handle(request, node, group, answer);
        if (now != null) {
            answer.send(now);
        }
    }

    private static Message handle(
            Request request, Node node, PeerGroups.Group group, Answer answer) {
        RaftServerService service = (RaftServerService) node;
        RpcRequestClosure done =
                AnswerClosure.of(answer, request.method(), "node " + request.fromNode());
        Message content = request.content();
        return switch (request.method()) {
            case APPEND -> append(service, (AppendEntriesRequest) content, request, group, done);
            case HEARTBEAT, URGENT_HEARTBEAT ->
                    append(
                            service,
                            group.overtaking()
                                    .corrected(
                                            (AppendEntriesRequest) content,
                                            lastIndex(node),
                                            request.receivedNanos()),
                            request,
                            group,
                            done);
            case VOTE -> vote(service, (RequestVoteRequest) content);
            case TIMEOUT_NOW -> timeoutNow(service, (TimeoutNowRequest) content, group, done);
            case READ_INDEX -> readIndex(service, (ReadIndexRequest) content, group, done);
            case INSTALL -> service.handleInstallSnapshot((InstallSnapshotRequest) content, done);
        };
    }

    private static Message append(
            RaftServerService service,
            AppendEntriesRequest append,
            Request request,
            PeerGroups.Group group,
            RpcRequestClosure done) {
        Message now = service.handleAppendEntriesRequest(append, done);
        if (now == null || now instanceof AppendEntriesResponse response && response.getSuccess()) {
            group.leaderContact().heard(request.receivedNanos(), append.getCommittedIndex());
        }
        return now;
    }

    private static long lastIndex(Node node) {
        try {
            return node.getLastLogIndex();
        } catch (IllegalStateException e) {
            // It stops, and will say so itself.
            return Long.MAX_VALUE;
        }
    }

    private static Message vote(RaftServerService service, RequestVoteRequest request) {
        return request.getPreVote()
                ? service.handlePreVoteRequest(request)
                : service.handleRequestVoteRequest(request);
    }

    private static Message timeoutNow(
            RaftServerService service,
            TimeoutNowRequest request,
            PeerGroups.Group group,
            RpcRequestClosure done) {
        if (!group.gate().mayStand()) {
            done.run(new Status(RaftError.EBUSY, "the replica misses records"));
            return null;
        }
        return service.handleTimeoutNowRequest(request, done);
    }

    private static Message readIndex(
            RaftServerService service,
            ReadIndexRequest request,
            PeerGroups.Group group,
            RpcRequestClosure done) {
        group.readBegun();
        service.handleReadIndexRequest(
                request,
                new RpcResponseClosureAdapter<ReadIndexResponse>() {
                    @Override
                    public void run(Status status) {
                        group.readEnded();
                        if (getResponse() != null) {
                            done.sendResponse(getResponse());
                        } else {
                            done.run(status);
                        }
                    }
                });
        return null;
    }
}
