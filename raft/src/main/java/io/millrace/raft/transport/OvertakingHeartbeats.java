package io.millrace.raft.transport;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;

/**
 * Heartbeats have a connection of their own, so they overtake the entries that were sent before
 * them. A follower would say that it misses these, and the leader would take back all that is under
 * way. Such a heartbeat is made one that says nothing about the log, in the way that jraft itself
 * has for logs that begin later. If the entries do not come after all, the heartbeats get through
 * as they are, and the leader begins anew. Thread-safe.
 */
final class OvertakingHeartbeats {

    /** Longer than entries should be under way, shorter than jraft waits for an answer. */
    private static final long PATIENCE_NANOS = 1_500_000_000L;

    private long lastIndexSeen = -1;
    private long since;

    /**
     * @param lastIndex the last index in the log here
     * @param now by a monotonic clock
     */
    synchronized AppendEntriesRequest corrected(
            AppendEntriesRequest heartbeat, long lastIndex, long now) {
        if (heartbeat.getPrevLogIndex() <= lastIndex) {
            lastIndexSeen = -1;
            return heartbeat;
        }
        if (lastIndexSeen != lastIndex) {
            lastIndexSeen = lastIndex;
            since = now;
        }
        if (now - since > PATIENCE_NANOS) {
            return heartbeat;
        }
        return heartbeat.toBuilder().setPrevLogIndex(0).setPrevLogTerm(0).build();
    }
}
