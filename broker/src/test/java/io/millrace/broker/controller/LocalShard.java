package io.millrace.broker.controller;

import io.millrace.broker.shard.StillShard;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.StateMachine;
import java.util.List;

/** A shard of one replica that leads and applies at once, on the caller's thread. */
final class LocalShard extends StillShard {

    long leadingTerm = 1;
    Proposal.Outcome failWith;

    private final StateMachine machine;
    private long lastIndex;

    LocalShard(StateMachine machine) {
        this.machine = machine;
    }

    @Override
    public int id() {
        return 0;
    }

    @Override
    public long leadingTerm() {
        return leadingTerm;
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        if (failWith != null) {
            proposal.failed(failWith, "told to fail");
        } else if (expectedTerm != leadingTerm) {
            proposal.failed(Proposal.Outcome.NOT_APPLIED_NOT_LEADER, "another term");
        } else {
            machine.apply(++lastIndex, leadingTerm, proposal.data(), proposal);
            machine.applied(lastIndex);
        }
    }

    @Override
    public ShardStatus status() {
        return new ShardStatus(
                0,
                ShardStatus.Role.LEADER,
                leadingTerm,
                1,
                Members.voting(new Member(1, 1)),
                List.of(),
                lastIndex,
                lastIndex,
                0,
                1,
                lastIndex,
                "");
    }
}
