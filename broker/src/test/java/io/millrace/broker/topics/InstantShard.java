package io.millrace.broker.topics;

import io.millrace.broker.shard.StillShard;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.StateMachine;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A shard of one replica that applies at once, on the caller's thread, or not at all. */
public final class InstantShard extends StillShard {

    public final StateMachine machine;
    public boolean stalled;
    public boolean leading = true;
    public int proposed;
    public CompletableFuture<Void> barrier = CompletableFuture.completedFuture(null);
    private final int id;
    private long index;

    public InstantShard(int id, StateMachine machine) {
        this.id = id;
        this.machine = machine;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long leadingTerm() {
        return leading ? 1 : 0;
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        proposed++;
        if (!stalled) {
            machine.apply(++index, 1, proposal.data().duplicate(), proposal);
        }
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return barrier;
    }

    @Override
    public ShardStatus status() {
        return new ShardStatus(
                id,
                leading ? ShardStatus.Role.LEADER : ShardStatus.Role.FOLLOWER,
                1,
                leading ? 1 : 0,
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
