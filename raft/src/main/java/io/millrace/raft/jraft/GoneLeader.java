package io.millrace.raft.jraft;

/**
 * Whether the leader that a replica follows is known to be gone, not only silent: nothing is to be
 * waited for then. It says so no more once there is another term. Thread-safe; never blocks.
 */
final class GoneLeader {

    private final LeaderContact contact;
    private final VoteFile vote;
    private final PeerLinks links;

    GoneLeader(LeaderContact contact, VoteFile vote, PeerLinks links) {
        this.contact = contact;
        this.vote = vote;
        this.links = links;
    }

    /** The node of the leader of the replica's term, if it is gone; else 0. */
    int node() {
        int leader = contact.leaderOf(vote.getTerm());
        return leader != 0 && links.isGone(leader) ? leader : 0;
    }

    boolean isGone() {
        return node() != 0;
    }
}
