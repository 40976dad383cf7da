package io.millrace.raft.transport;

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
import com.google.protobuf.Message;

/** What replicas ask each other, with its number on the wire, and which lane it takes. */
enum RaftMethod {
    /** Entries, or the question where a follower's log ends. */
    APPEND(
            1,
            Lane.DATA,
            AppendEntriesRequest.getDefaultInstance(),
            AppendEntriesResponse.getDefaultInstance()),
    HEARTBEAT(
            2,
            Lane.CONTROL,
            AppendEntriesRequest.getDefaultInstance(),
            AppendEntriesResponse.getDefaultInstance()),
    VOTE(
            3,
            Lane.CONTROL,
            RequestVoteRequest.getDefaultInstance(),
            RequestVoteResponse.getDefaultInstance()),
    TIMEOUT_NOW(
            4,
            Lane.CONTROL,
            TimeoutNowRequest.getDefaultInstance(),
            TimeoutNowResponse.getDefaultInstance()),
    READ_INDEX(
            5,
            Lane.CONTROL,
            ReadIndexRequest.getDefaultInstance(),
            ReadIndexResponse.getDefaultInstance()),
    INSTALL(
            6,
            Lane.BULK,
            InstallSnapshotRequest.getDefaultInstance(),
            InstallSnapshotResponse.getDefaultInstance()),
    /** A heartbeat that a reader waits for: neither it nor its answer waits for others. */
    URGENT_HEARTBEAT(
            7,
            Lane.CONTROL,
            AppendEntriesRequest.getDefaultInstance(),
            AppendEntriesResponse.getDefaultInstance());

    private static final RaftMethod[] BY_NUMBER = new RaftMethod[8];

    static {
        for (RaftMethod method : values()) {
            BY_NUMBER[method.number] = method;
        }
    }

    final int number;
    final Lane lane;
    final Message request;
    final Message response;

    RaftMethod(int number, Lane lane, Message request, Message response) {
        this.number = number;
        this.lane = lane;
        this.request = request;
        this.response = response;
    }

    /** Null if it is none. */
    static RaftMethod of(int number) {
        return number < 1 || number >= BY_NUMBER.length ? null : BY_NUMBER[number];
    }

    /** Null if replicas of this broker do not speak of such. */
    static RaftMethod of(Object request) {
        if (request instanceof AppendEntriesRequest append) {
            // jraft has no mark of its own for a heartbeat; a probe has data, if empty.
            boolean heartbeat = append.getEntriesCount() == 0 && !append.hasData();
            return heartbeat ? HEARTBEAT : APPEND;
        }
        for (RaftMethod method : values()) {
            if (method.request.getClass().isInstance(request)) {
                return method;
            }
        }
        return null;
    }
}
