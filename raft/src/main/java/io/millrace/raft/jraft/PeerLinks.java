package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import java.util.List;

/**
 * How the replicas of an engine reach those of other brokers. What comes from there is handed to
 * the node that jraft's {@code NodeManager} knows. Thread-safe.
 */
interface PeerLinks extends CheckpointFetch {

    /**
     * A client for one replica; shut down with it. Endpoints are made by {@link ReplicaAddress}:
     * the port is the node id. Requests are serialised before {@code invokeAsync} returns.
     */
    RpcClient client();

    /**
     * Where jraft takes what followers answer; null: in its own threads, which reject when they are
     * busy.
     */
    default FixedThreadsExecutorGroup replicationExecutors() {
        return null;
    }

    /** A read index is asked for: until {@link #readEnded}, the group's heartbeats do not wait. */
    default void readBegun(String group) {}

    /** A read index was answered, in whatever way. */
    default void readEnded(String group) {}

    /** Whether a broker can be reached now. */
    default boolean isReachable(int node) {
        return false;
    }

    /** Has a broker connected, unless it is: it may soon be needed. */
    default void meet(int node) {}

    /** Whether a broker's process has ended: it is not only silent, or hard to reach. */
    default boolean isGone(int node) {
        return false;
    }

    /** Has something called whenever a broker is gone. It must not block. */
    default void onGone(Runnable listener) {}

    /**
     * Asks a broker that leads shards for an entry of each, whatever it holds. It may not hear of
     * it. Must not block.
     */
    default void askToMoveOn(int node, List<Integer> shards) {}

    /** A leader's replication to a follower stood still and was started anew. */
    default void replicatorRestarted(String group, int node) {}
}
