package io.millrace.broker.shard;

import io.millrace.raft.Shard;
import java.util.concurrent.CompletableFuture;

/** A shard for tests whose reads wait for nothing, and which has nothing to write down. */
public abstract class StillShard implements Shard {

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
}
