package io.millrace.broker.coordinator;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.StateMachine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A shard of one replica that applies at once, or when the test says so, and can lose its lead. */
final class SteppedShard implements Shard {

    final StateMachine machine;
    final Deque<Proposal> held = new ArrayDeque<>();
    boolean holding;
    boolean busy;
    int proposed;
    private final int id;
    private long term;
    private long index;

    SteppedShard(int id, StateMachine machine) {
        this.id = id;
        this.machine = machine;
    }

    void lead(long inTerm) {
        term = inTerm;
        machine.leaderStarted(inTerm);
    }

    /** What is held may or may not have reached others: the test says which. */
    void loseLead(boolean heldIsApplied) {
        long last = term;
        term = 0;
        machine.leaderStopped();
        while (!held.isEmpty()) {
            Proposal proposal = held.remove();
            if (heldIsApplied) {
                machine.apply(++index, last, proposal.data().duplicate(), null);
            }
            proposal.failed(Proposal.Outcome.UNKNOWN, "the leader has changed");
        }
    }

    void release() {
        holding = false;
        while (!held.isEmpty()) {
            apply(held.remove());
        }
    }

    private void apply(Proposal proposal) {
        machine.apply(++index, term, proposal.data().duplicate(), proposal);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long leadingTerm() {
        return term;
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        proposed++;
        if (expectedTerm != term) {
            proposal.failed(Proposal.Outcome.NOT_APPLIED_NOT_LEADER, "not in this term");
        } else if (busy) {
            proposal.failed(Proposal.Outcome.NOT_APPLIED_BUSY, "busy");
        } else if (holding) {
            held.add(proposal);
        } else {
            apply(proposal);
        }
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public long stalenessNanos() {
        return 0;
    }

    @Override
    public CompletableFuture<Long> checkpoint() {
        return CompletableFuture.completedFuture(0L);
    }

    @Override
    public ShardStatus status() {
        return new ShardStatus(
                id,
                ShardStatus.Role.LEADER,
                term,
                1,
                Members.voting(new Member(1, 1)),
                List.of(),
                index,
                index,
                0,
                1,
                index,
                "");
    }
}
