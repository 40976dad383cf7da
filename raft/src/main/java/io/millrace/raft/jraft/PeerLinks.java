package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.rpc.RpcClient;

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
}
