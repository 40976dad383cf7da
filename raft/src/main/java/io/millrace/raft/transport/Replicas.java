package io.millrace.raft.transport;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
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
        Message now = handle(request, node, answer);
        if (now != null) {
            answer.send(now);
        }
    }

    private Message handle(Request request, Node node, Answer answer) {
        RaftServerService service = (RaftServerService) node;
        RpcRequestClosure done =
                AnswerClosure.of(answer, request.method(), "node " + request.fromNode());
        Message content = request.content();
        return switch (request.method()) {
            case APPEND -> service.handleAppendEntriesRequest((AppendEntriesRequest) content, done);
            case HEARTBEAT, URGENT_HEARTBEAT ->
                    service.handleAppendEntriesRequest(heartbeat(request, node), done);
            case VOTE -> vote(service, (RequestVoteRequest) content);
            case TIMEOUT_NOW -> service.handleTimeoutNowRequest((TimeoutNowRequest) content, done);
            case READ_INDEX -> readIndex(service, (ReadIndexRequest) content, request, done);
            case INSTALL -> service.handleInstallSnapshot((InstallSnapshotRequest) content, done);
        };
    }

    private AppendEntriesRequest heartbeat(Request request, Node node) {
        return groups.overtaking(request.group())
                .corrected(
                        (AppendEntriesRequest) request.content(),
                        lastIndex(node),
                        request.receivedNanos());
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

    private Message readIndex(
            RaftServerService service,
            ReadIndexRequest read,
            Request request,
            RpcRequestClosure done) {
        groups.readBegun(request.group());
        service.handleReadIndexRequest(
                read,
                new RpcResponseClosureAdapter<ReadIndexResponse>() {
                    @Override
                    public void run(Status status) {
                        groups.readEnded(request.group());
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
