package io.millrace.raft.transport;

import com.alipay.sofa.jraft.option.NodeOptions;

/**
 * A node's options with its way to its peers. jraft makes its RPC client by a factory that is the
 * same for the whole process and hands it the node's options: so the client finds the network of
 * its broker, of which there may be several in a process.
 */
public final class PeerNodeOptions extends NodeOptions {

    private final PeerNetwork network;
    private final String group;

    /**
     * @param network null if the group has no member elsewhere
     */
    public PeerNodeOptions(PeerNetwork network, String group) {
        this.network = network;
        this.group = group;
        if (network != null) {
            setAppendEntriesExecutors(network.replicationExecutors());
        }
        // None at rest: callbacks run in the network's threads.
        setRpcProcessorThreadPoolSize(2);
    }

    PeerNetwork network() {
        return network;
    }

    String group() {
        return group;
    }
}
