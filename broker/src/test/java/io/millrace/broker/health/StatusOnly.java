package io.millrace.broker.health;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A shard of which only the status matters. */
record StatusOnly(ShardStatus status) implements Shard {

    static Shard of(int id, ShardStatus.Role role, int leader, String problem) {
        ShardStatus status =
                new ShardStatus(
                        id,
                        role,
                        1,
                        leader,
                        Members.voting(new Member(1, 1)),
                        List.of(),
                        1,
                        1,
                        0,
                        1,
                        1,
                        problem);
        return new StatusOnly(status);
    }

    @Override
    public int id() {
        return status.shard();
    }

    @Override
    public long leadingTerm() {
        return 0;
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        throw new UnsupportedOperationException("only the status matters here");
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        throw new UnsupportedOperationException("only the status matters here");
    }

    @Override
    public long stalenessNanos() {
        return 0;
    }

    @Override
    public CompletableFuture<Long> checkpoint() {
        throw new UnsupportedOperationException("only the status matters here");
    }
}
