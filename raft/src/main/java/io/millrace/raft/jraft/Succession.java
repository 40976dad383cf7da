package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import java.util.List;

/**
 * When a replica stands for election because the broker of its leader is gone: at once if it comes
 * first among those that are left, and each of the others a step later, so that they do not split
 * the votes. A few times, since the others may not know yet that the leader is gone; then it goes
 * by its election timeout again. Not thread-safe.
 */
final class Succession {

    /** In about one election timeout. */
    private static final int TRIES = 4;

    private final long stepNanos;
    private long term;
    private int tries;
    private long nextAt;

    /**
     * @param stepNanos longer than an election takes
     */
    Succession(long stepNanos) {
        this.stepNanos = stepNanos;
    }

    /**
     * How many of the voters that are left come before a replica.
     *
     * @param leader the node of the leader that is gone
     * @return -1 if it is no voter
     */
    static int rank(List<PeerId> voters, PeerId self, int leader) {
        return voters.stream()
                .filter(voter -> ReplicaAddress.node(voter) != leader)
                .toList()
                .indexOf(self);
    }

    /**
     * How long from now it is to stand.
     *
     * @param goneTerm the term of the leader that is gone
     * @param rank how many come before it
     * @return in nanoseconds; negative: not now
     */
    long delayNanos(long goneTerm, int rank, long now) {
        if (term != goneTerm) {
            term = goneTerm;
            tries = 0;
            nextAt = now;
        }
        if (tries == TRIES || now - nextAt < 0) {
            return -1;
        }
        long delay = tries == 0 ? rank * stepNanos : 0;
        tries++;
        nextAt = now + delay + 2 * stepNanos;
        return delay;
    }
}
