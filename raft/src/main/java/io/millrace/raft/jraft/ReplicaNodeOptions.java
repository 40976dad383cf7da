package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.option.NodeOptions;

/** jraft's options of a replica, which it hands to the client; so the client finds its own. */
final class ReplicaNodeOptions extends NodeOptions {

    private final PeerLinks links;
    private final FollowerProgress progress;
    private final CandidacyGate gate;

    private volatile ReplicatorGroup replicators;

    ReplicaNodeOptions(PeerLinks links, FollowerProgress progress, CandidacyGate gate) {
        this.links = links;
        this.progress = progress;
        this.gate = gate;
        setAppendEntriesExecutors(links.replicationExecutors());
    }

    /** jraft's replicators of the node; null before it has begun to start. */
    ReplicatorGroup replicators() {
        return replicators;
    }

    void replicators(ReplicatorGroup group) {
        replicators = group;
    }

    PeerLinks links() {
        return links;
    }

    FollowerProgress progress() {
        return progress;
    }

    CandidacyGate gate() {
        return gate;
    }
}
