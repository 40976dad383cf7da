package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.option.NodeOptions;

/** jraft's options of a replica, which it hands to the client; so the client finds its own. */
final class ReplicaNodeOptions extends NodeOptions {

    private final PeerLinks links;
    private final FollowerProgress progress;
    private final CandidacyGate gate;
    private final GoneLeader goneLeader;

    private volatile ReplicatorGroup replicators;

    ReplicaNodeOptions(
            PeerLinks links, FollowerProgress progress, CandidacyGate gate, GoneLeader goneLeader) {
        this.links = links;
        this.progress = progress;
        this.gate = gate;
        this.goneLeader = goneLeader;
        setAppendEntriesExecutors(links.replicationExecutors());
    }

    /**
     * For how long after its last word jraft believes in a leader, as the one who stands for
     * election and as the one who is asked for a vote: no longer when it is gone.
     */
    @Override
    public int getElectionTimeoutMs() {
        // jraft takes the 0 for its default when it asks others how they would vote.
        return goneLeader.isGone() ? 0 : super.getElectionTimeoutMs();
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
