package io.millrace.broker.receiving;

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

/** A shard of one replica that applies at once, or when the test says so, and can be led anew. */
final class StepShard implements Shard {

    final StateMachine machine;
    final Deque<Proposal> waiting = new ArrayDeque<>();

    /** Entries wait until {@link #release}. */
    boolean holds;

    /** What is proposed is refused. */
    boolean busy;

    int proposed;
    private final int id;
    private long term = 1;
    private long lastTerm = 1;
    private long index;

    StepShard(int id, StateMachine machine) {
        this.id = id;
        this.machine = machine;
    }

    /** Applies what waits. */
    void release() {
        holds = false;
        while (!waiting.isEmpty()) {
            apply(waiting.remove());
        }
    }

    /** Another broker leads; nobody knows what becomes of the entries that wait. */
    void resign() {
        term = 0;
        machine.leaderStopped();
        List.copyOf(waiting).forEach(p -> p.failed(Proposal.Outcome.UNKNOWN, "stepped down"));
        waiting.clear();
    }

    /** This one leads again. */
    void lead() {
        term = ++lastTerm;
        machine.leaderStarted(term);
    }

    /** Fails what waits as unknown, and goes on leading. */
    void forget() {
        List<Proposal> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(proposal -> proposal.failed(Proposal.Outcome.UNKNOWN, "nobody knows"));
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
        } else if (holds) {
            waiting.add(proposal);
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
