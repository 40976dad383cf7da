package io.millrace.raft.transport;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.google.protobuf.Message;

/**
 * Which replicas a request is between. A replica's host name is a fixed word and its port the node
 * id: see {@link #node}.
 *
 * @param group the Raft group
 * @param from who asks
 * @param to who is asked
 */
record RequestAddress(String group, PeerId from, PeerId to) {

    /** The node that a replica lives on. */
    static int node(PeerId peer) {
        return peer.getPort();
    }

    /**
     * @throws IllegalArgumentException if there is none, or no valid one
     */
    static RequestAddress of(Message request) {
        if (request instanceof AppendEntriesRequest append) {
            return of(append.getGroupId(), append.getServerId(), append.getPeerId());
        } else if (request instanceof RequestVoteRequest vote) {
            return of(vote.getGroupId(), vote.getServerId(), vote.getPeerId());
        } else if (request instanceof TimeoutNowRequest timeout) {
            return of(timeout.getGroupId(), timeout.getServerId(), timeout.getPeerId());
        } else if (request instanceof ReadIndexRequest read) {
            return of(read.getGroupId(), read.getServerId(), read.getPeerId());
        } else if (request instanceof InstallSnapshotRequest install) {
            return of(install.getGroupId(), install.getServerId(), install.getPeerId());
        }
        throw new IllegalArgumentException("no request between replicas");
    }

    private static RequestAddress of(String group, String from, String to) {
        return new RequestAddress(group, peer(from), peer(to));
    }

    private static PeerId peer(String text) {
        PeerId peer = new PeerId();
        if (!peer.parse(text)) {
            throw new IllegalArgumentException("\"" + text + "\" names no replica");
        }
        return peer;
    }
}
