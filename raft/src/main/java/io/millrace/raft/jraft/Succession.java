package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import java.util.List;

/**
 * When a replica stands for election because the broker of its leader is gone: at once if it comes
 * first among those that are left, and each of the others a step later, so that they do not split
 * the votes; later still if another one is about to be elected. A few times, and then it goes by
 * its election timeout again. Thread-safe; never blocks for long.
 */
final class Succession {

    private static final int TRIES = 3;

    /** How many steps an election may take on a machine with much to do. */
    private static final int PATIENCE = 4;

    private final long stepNanos;
    private long term;
    private int tries;
    private boolean waits;
    private long waitsUntil;
    private boolean asked;
    private long askedAt;

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
     * Whether it is to stand now; if so, it is taken to do so.
     *
     * @param goneTerm the term of the leader that is gone
     * @param rank how many come before it
     */
    synchronized boolean isDue(long goneTerm, int rank, long now) {
        if (term != goneTerm) {
            term = goneTerm;
            tries = 0;
            // Whoever comes first has asked already, when this one did not know yet what it knew.
            boolean first = rank == 0 || asked && now - askedAt < PATIENCE * stepNanos;
            waitUntil(first ? now : now + rank * stepNanos);
        }
        if (tries == TRIES || waits && now - waitsUntil < 0) {
            return false;
        }
        tries++;
        waitUntil(now + PATIENCE * stepNanos);
        return true;
    }

    /** Another one would get this one's vote, and will be elected. */
    synchronized void granted(long now) {
        waitUntil(now + PATIENCE * stepNanos);
    }

    /** Another one would not get this one's vote, since the leader is not known here to be gone. */
    synchronized void refused(long now) {
        asked = true;
        askedAt = now;
    }

    private void waitUntil(long time) {
        if (!waits || time - waitsUntil > 0) {
            waits = true;
            waitsUntil = time;
        }
    }
}
