package io.millrace.broker.shard;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A shard whose entries are applied to a real state machine when the test says so. */
final class FakeShard implements Shard {

    final Deque<Proposal> inFlight = new ArrayDeque<>();
    final DataShard machine;
    long term = 1;
    boolean busy;
    int proposed;
    private long index;

    FakeShard(DataShard machine) {
        this.machine = machine;
    }

    /** Applies the oldest entry in flight; returns how many batches it held. */
    int applyNext() {
        Proposal proposal = inFlight.remove();
        ShardCommand command = CommandCodec.decode(proposal.data());
        machine.apply(++index, term, proposal.data().duplicate(), proposal);
        return command instanceof ShardCommand.AppendBatches append ? append.batches().size() : 0;
    }

    void applyAll() {
        while (!inFlight.isEmpty()) {
            applyNext();
        }
    }

    @Override
    public int id() {
        return 1;
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
        } else {
            inFlight.add(proposal);
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
                1,
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
