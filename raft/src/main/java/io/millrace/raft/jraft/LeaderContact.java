package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import java.util.function.LongSupplier;

/**
 * When a replica heard its leader last, and how old the newest state is that it has applied wholly.
 * Thread-safe; never blocks for long.
 */
final class LeaderContact {

    private final LongSupplier nanoTime;
    private final LongSupplier appliedIndex;

    /** The last one that was heard, in its term. */
    private volatile Leader leader = new Leader(0, 0);

    /** The last word of a leader; the start before there is one. */
    private volatile long heardNanos;

    private boolean fresh;
    private long freshNanos;

    /** The oldest word whose commit index was not applied when it came. */
    private boolean waiting;

    private long waitingIndex;
    private long waitingNanos;

    private record Leader(long term, int node) {}

    LeaderContact(LongSupplier nanoTime, LongSupplier appliedIndex) {
        this.nanoTime = nanoTime;
        this.appliedIndex = appliedIndex;
        this.heardNanos = nanoTime.getAsLong();
    }

    /**
     * The leader of a term said how far it has committed.
     *
     * @param peer what it calls itself
     */
    synchronized void heard(long term, String peer, long commitIndex) {
        long now = nanoTime.getAsLong();
        if (leader.term() != term) {
            // A term has one leader: no need to look at each word who it was.
            leader = new Leader(term, ReplicaAddress.node(PeerId.parsePeer(peer)));
        }
        heardNanos = now;
        settle();
        if (appliedIndex.getAsLong() >= commitIndex) {
            fresh = true;
            freshNanos = now;
            waiting = false;
        } else if (!waiting) {
            waiting = true;
            waitingIndex = commitIndex;
            waitingNanos = now;
        }
    }

    private void settle() {
        if (waiting && appliedIndex.getAsLong() >= waitingIndex) {
            fresh = true;
            freshNanos = waitingNanos;
            waiting = false;
        }
    }

    /** The node of the leader that was heard in a term; 0 if none was. */
    int leaderOf(long term) {
        Leader known = leader;
        return known.term() == term ? known.node() : 0;
    }

    /** How long no leader has said anything, in nanoseconds; since the start if none ever did. */
    long silentNanos() {
        return Math.max(0, nanoTime.getAsLong() - heardNanos);
    }

    /** See {@link io.millrace.raft.Shard#stalenessNanos}, of a replica that follows. */
    synchronized long stalenessNanos() {
        settle();
        return fresh ? Math.max(0, nanoTime.getAsLong() - freshNanos) : Long.MAX_VALUE;
    }
}
