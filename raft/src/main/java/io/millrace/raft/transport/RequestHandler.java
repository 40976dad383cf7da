package io.millrace.raft.transport;

import com.alipay.sofa.jraft.entity.PeerId;
import com.google.protobuf.Message;

/** Answers the requests of peers, once each. Thread-safe; may block. */
interface RequestHandler {

    /**
     * @param answer takes the answer, now or later
     */
    void handle(Request request, Answer answer);

    /**
     * A request of a peer.
     *
     * @param group the Raft group
     * @param replica the replica here that it is for
     * @param fromNode the broker that asks
     * @param receivedNanos when it came, by a monotonic clock
     */
    record Request(
            RaftMethod method,
            Message content,
            String group,
            PeerId replica,
            int fromNode,
            long receivedNanos) {}
}
