package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import io.millrace.raft.ShardUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** Asks jraft for the checkpoints of a replica, one after the other. Thread-safe. */
final class CheckpointTurns {

    private final int shard;
    private final Node node;
    private final CheckpointStore checkpoints;
    private final BooleanSupplier news;
    private final LongConsumer covered;

    /** The one being taken; null if none is. */
    private CompletableFuture<Long> current;

    private boolean closed;

    /**
     * @param news whether anything was applied after the newest checkpoint
     * @param covered takes the index up to which two durable checkpoints cover the log
     */
    CheckpointTurns(
            int shard,
            Node node,
            CheckpointStore checkpoints,
            BooleanSupplier news,
            LongConsumer covered) {
        this.shard = shard;
        this.node = node;
        this.checkpoints = checkpoints;
        this.news = news;
        this.covered = covered;
    }

    /** See {@link io.millrace.raft.Shard#checkpoint}. */
    synchronized CompletableFuture<Long> next() {
        if (closed) {
            return CompletableFuture.failedFuture(unavailable("the broker is stopping"));
        }
        if (current != null) {
            // It may have been taken before the caller's last write was applied.
            return current.handle((index, error) -> index).thenCompose(index -> next());
        }
        if (!news.getAsBoolean()) {
            // Asked all the same, jraft would cut the log up to the newest checkpoint, and the one
            // before would be of no use any more.
            return CompletableFuture.completedFuture(checkpoints.newestIndex());
        }
        CompletableFuture<Long> turn = new CompletableFuture<>();
        current = turn;
        long before = checkpoints.newestIndex();
        node.snapshot(status -> over(turn, before, status));
        return turn;
    }

    /** Whether one is being taken. */
    synchronized boolean isTaking() {
        return current != null;
    }

    private void over(CompletableFuture<Long> turn, long before, Status status) {
        boolean running;
        synchronized (this) {
            current = null;
            running = !closed;
        }
        if (status.isOk()) {
            if (running) {
                // Else the log may be another replica's by now.
                covered.accept(before);
            }
            turn.complete(checkpoints.newestIndex());
        } else {
            turn.completeExceptionally(unavailable("no checkpoint: " + status.getErrorMsg()));
        }
    }

    /**
     * Fails the one that is under way, if jraft has not said anything of it, and all later ones.
     */
    void close() {
        CompletableFuture<Long> left;
        synchronized (this) {
            closed = true;
            left = current;
        }
        if (left != null) {
            left.completeExceptionally(unavailable("the broker stopped"));
        }
    }

    private ShardUnavailableException unavailable(String reason) {
        return new ShardUnavailableException("shard " + shard + ": " + reason);
    }
}
