package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.protobuf.Message;

/** jraft's node, where we listen to what its leader says, and look and act in one step. */
final class ReplicaNode extends NodeImpl {

    private final VoteFile vote;
    private final LeaderContact contact;
    private final CandidacyGate gate;

    private volatile boolean open;

    ReplicaNode(
            String group, PeerId self, VoteFile vote, LeaderContact contact, CandidacyGate gate) {
        super(group, self);
        this.vote = vote;
        this.contact = contact;
        this.gate = gate;
    }

    /** Answers others from now on. */
    void open() {
        open = true;
    }

    private static Message starting(Message response) {
        return RpcFactoryHelper.responseFactory()
                .newResponse(response, RaftError.EBUSY, "The replica is starting.");
    }

    /** Runs something while nothing about term, role and members can change. */
    void exclusively(Runnable action) {
        writeLock.lock();
        try {
            action.run();
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public Message handlePreVoteRequest(RequestVoteRequest request) {
        return open
                ? super.handlePreVoteRequest(request)
                : starting(RequestVoteResponse.getDefaultInstance());
    }

    @Override
    public Message handleRequestVoteRequest(RequestVoteRequest request) {
        return open
                ? super.handleRequestVoteRequest(request)
                : starting(RequestVoteResponse.getDefaultInstance());
    }

    @Override
    public Message handleAppendEntriesRequest(
            AppendEntriesRequest request, RpcRequestClosure done) {
        if (!open) {
            return starting(AppendEntriesResponse.getDefaultInstance());
        }
        if (request.getTerm() >= vote.getTerm()) {
            contact.heard(request.getCommittedIndex());
        }
        return super.handleAppendEntriesRequest(request, done);
    }

    @Override
    public Message handleInstallSnapshot(InstallSnapshotRequest request, RpcRequestClosure done) {
        if (!open) {
            return starting(InstallSnapshotResponse.getDefaultInstance());
        }
        if (request.getTerm() >= vote.getTerm()) {
            contact.heard(request.getMeta().getLastIncludedIndex());
        }
        return super.handleInstallSnapshot(request, done);
    }

    /** The leader that gives its leadership away goes on leading if it is refused. */
    @Override
    public Message handleTimeoutNowRequest(TimeoutNowRequest request, RpcRequestClosure done) {
        if (gate.holdsBack()) {
            return TimeoutNowResponse.newBuilder()
                    .setTerm(vote.getTerm())
                    .setSuccess(false)
                    .build();
        }
        return super.handleTimeoutNowRequest(request, done);
    }
}
