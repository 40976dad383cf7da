package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;

/** jraft's node, which lets us look and act in one step. */
final class ReplicaNode extends NodeImpl {

    ReplicaNode(String group, PeerId self) {
        super(group, self);
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
}
