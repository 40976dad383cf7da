package io.millrace.broker.reading;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The read barriers of one shard, shared: at most one is under way, and one more serves all who
 * came meanwhile. Whoever comes while one is under way cannot be served by it, since it may have
 * been answered before a write that the newcomer has seen acknowledged. Thread-safe; never blocks.
 */
public final class ReadBarriers {

    private final Supplier<CompletableFuture<Void>> source;
    private CompletableFuture<Void> current;
    private CompletableFuture<Void> next;

    /**
     * @param source begins a barrier, such as {@code shard::readBarrier}; its future always ends
     */
    public ReadBarriers(Supplier<CompletableFuture<Void>> source) {
        this.source = source;
    }

    /**
     * Completes when everything acknowledged before the call can be read, on whatever thread finds
     * out; fails if that is unknown. Shared: not to be completed or cancelled by the caller.
     */
    public CompletableFuture<Void> pass() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (current != null) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            current = new CompletableFuture<>();
            mine = current;
        }
        begin(mine);
        return mine;
    }

    private void begin(CompletableFuture<Void> mine) {
        CompletableFuture<Void> barrier;
        try {
            barrier = source.get();
        } catch (RuntimeException e) {
            barrier = CompletableFuture.failedFuture(e);
        }
        barrier.whenComplete((passed, error) -> over(mine, error));
    }

    private void over(CompletableFuture<Void> mine, Throwable error) {
        CompletableFuture<Void> following;
        synchronized (this) {
            following = next;
            current = following;
            next = null;
        }
        // Before the answers: whoever is answered may ask again, and joins the one after this.
        if (following != null) {
            begin(following);
        }
        if (error == null) {
            mine.complete(null);
        } else {
            mine.completeExceptionally(error);
        }
    }
}
