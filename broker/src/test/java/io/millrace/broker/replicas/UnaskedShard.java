package io.millrace.broker.replicas;

import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardMembers;
import java.util.concurrent.CompletableFuture;

/** A shard for tests of its members and leaders: whatever else is asked of it is a failure. */
abstract class UnaskedShard implements Shard, ShardMembers {

    @Override
    public long stalenessNanos() {
        return 0;
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        throw new AssertionError("something is proposed");
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        throw new AssertionError("a read barrier is asked for");
    }

    @Override
    public CompletableFuture<Long> checkpoint() {
        throw new AssertionError("a checkpoint is asked for");
    }

    @Override
    public CompletableFuture<Void> changeMembers(Members target, long expectedTerm) {
        throw new AssertionError("members are changed to " + target);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(int nodeId) {
        throw new AssertionError("the leadership is given to " + nodeId);
    }
}
