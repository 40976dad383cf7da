package io.millrace.broker.cluster;

import io.millrace.broker.shard.StillShard;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Role;
import java.util.List;

/** A replica whose role is set by the test. */
final class ShardReplica extends StillShard {

    volatile Role role = Role.FOLLOWER;
    volatile long term;
    volatile long leadingTerm;
    volatile int leaderNode;
    private final int id;

    ShardReplica(int id) {
        this.id = id;
    }

    ShardReplica leads(int self, long inTerm) {
        role = Role.LEADER;
        term = inTerm;
        leadingTerm = inTerm;
        leaderNode = self;
        return this;
    }

    ShardReplica follows(int node, long inTerm) {
        role = Role.FOLLOWER;
        term = inTerm;
        leadingTerm = 0;
        leaderNode = node;
        return this;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long leadingTerm() {
        return leadingTerm;
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        proposal.failed(Proposal.Outcome.NOT_APPLIED_NOT_LEADER, "it is a test");
    }

    @Override
    public ShardStatus status() {
        return new ShardStatus(
                id, role, term, leaderNode, Members.NONE, List.of(), 0, 0, 0, 1, 0, "");
    }
}
