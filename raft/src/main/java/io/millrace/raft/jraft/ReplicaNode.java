package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.alipay.sofa.jraft.rpc.RpcResponseClosure;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.protobuf.Message;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** jraft's node, where we listen to what its leader says, and look and act in one step. */
final class ReplicaNode extends NodeImpl {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaNode.class);

    private final VoteFile vote;
    private final LeaderContact contact;
    private final CandidacyGate gate;
    private final GoneLeader goneLeader;
    private final Succession succession;
    private final ReceivedEntries received;
    private final LongSupplier nanoTime;

    private volatile boolean open;

    ReplicaNode(
            String group,
            PeerId self,
            VoteFile vote,
            LeaderContact contact,
            CandidacyGate gate,
            GoneLeader goneLeader,
            Succession succession,
            ReceivedEntries received,
            LongSupplier nanoTime) {
        super(group, self);
        this.vote = vote;
        this.contact = contact;
        this.gate = gate;
        this.goneLeader = goneLeader;
        this.succession = succession;
        this.received = received;
        this.nanoTime = nanoTime;
    }

    /** Answers others from now on. */
    void open() {
        open = true;
    }

    private static Message starting(Message response) {
        return busy(response, "The replica is starting.");
    }

    private static Message busy(Message response, String reason) {
        return RpcFactoryHelper.responseFactory().newResponse(response, RaftError.EBUSY, reason);
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

    /**
     * Stands for election soon if its leader is gone. To be called now and then, by one thread.
     *
     * @param turnMillis how long to wait for the broker's other shards
     * @return whether it does
     */
    boolean succeed(long turnMillis) {
        int leader = goneLeader.node();
        if (leader == 0 || getNodeState() != State.STATE_FOLLOWER) {
            return false;
        }
        int rank = Succession.rank(getCurrentConf().getPeers(), getServerId(), leader);
        if (rank < 0 || !succession.isDue(vote.getTerm(), rank, nanoTime.getAsLong())) {
            return false;
        }
        LOG.info("{}: its leader on node {} is gone, it stands for election", getNodeId(), leader);
        ElectionTimer.hasten(getNodeId(), turnMillis);
        return true;
    }

    @Override
    public Message handlePreVoteRequest(RequestVoteRequest request) {
        if (!open) {
            return starting(RequestVoteResponse.getDefaultInstance());
        }
        Message answer = super.handlePreVoteRequest(request);
        if (answer instanceof RequestVoteResponse) {
            answered(((RequestVoteResponse) answer).getGranted());
        }
        return answer;
    }

    /** Somebody has asked whether it would be elected. */
    private void answered(boolean granted) {
        if (granted) {
            succession.granted(nanoTime.getAsLong());
        } else if (goneLeader.isGone()) {
            // The other one lacks entries that this one has, which so is the one to stand.
            ElectionTimer.hasten(getNodeId(), 0);
        } else {
            succession.refused(nanoTime.getAsLong());
        }
    }

    @Override
    public Message handleRequestVoteRequest(RequestVoteRequest request) {
        return open
                ? vote.decide(() -> super.handleRequestVoteRequest(request))
                : starting(RequestVoteResponse.getDefaultInstance());
    }

    @Override
    public Message handleAppendEntriesRequest(
            AppendEntriesRequest request, RpcRequestClosure done) {
        if (!open) {
            return starting(AppendEntriesResponse.getDefaultInstance());
        }
        if (request.getTerm() >= vote.getTerm()) {
            contact.heard(request.getTerm(), request.getServerId(), request.getCommittedIndex());
        }
        return request.getEntriesCount() == 0
                ? super.handleAppendEntriesRequest(request, done)
                : append(request, done);
    }

    private Message append(AppendEntriesRequest request, RpcRequestClosure done) {
        long previous = request.getPrevLogIndex();
        if (!received.tryAdd(previous, request.getEntriesCount(), request.getData().size())) {
            return busy(
                    AppendEntriesResponse.getDefaultInstance(),
                    "No room: what was received before is not written and applied yet.");
        }
        Message answer = super.handleAppendEntriesRequest(request, done);
        if (answer != null) {
            // An answer at once: nothing of it was taken.
            received.cutAfter(previous);
        }
        return answer;
    }

    @Override
    public Message handleInstallSnapshot(InstallSnapshotRequest request, RpcRequestClosure done) {
        if (!open) {
            return starting(InstallSnapshotResponse.getDefaultInstance());
        }
        if (request.getTerm() >= vote.getTerm()) {
            contact.heard(
                    request.getTerm(),
                    request.getServerId(),
                    request.getMeta().getLastIncludedIndex());
        }
        return super.handleInstallSnapshot(request, done);
    }

    /**
     * What a follower asks another follower for is passed on to the leader, in this one's name:
     * nobody is believed who speaks for another.
     */
    @Override
    public void handleReadIndexRequest(
            ReadIndexRequest request, RpcResponseClosure<ReadIndexResponse> done) {
        String self = getServerId().toString();
        boolean passedOn =
                getNodeState() == State.STATE_FOLLOWER && !request.getServerId().equals(self);
        super.handleReadIndexRequest(
                passedOn ? request.toBuilder().setServerId(self).build() : request, done);
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
