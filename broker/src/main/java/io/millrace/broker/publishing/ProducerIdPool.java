package io.millrace.broker.publishing;

import io.millrace.broker.controller.AllocateProducerIds;
import io.millrace.broker.controller.ProducerIdBlock;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Gives out producer ids from blocks that the controller has granted. What is left of a block when
 * the broker stops is never used. Thread-safe.
 */
public final class ProducerIdPool implements ProducerIds {

    private static final int BLOCK = 1_000;

    private final Function<AllocateProducerIds, CompletableFuture<ProducerIdBlock>> source;
    private final Duration patience;
    private long next;
    private long end;
    private CompletableFuture<Void> refill;

    /**
     * @param source grants blocks, such as {@code controller::submit}
     * @param patience how long a grant may take; who waits longer is failed
     */
    public ProducerIdPool(
            Function<AllocateProducerIds, CompletableFuture<ProducerIdBlock>> source,
            Duration patience) {
        this.source = source;
        this.patience = patience;
    }

    @Override
    public CompletableFuture<Long> next() {
        CompletableFuture<Long> id = new CompletableFuture<>();
        giveOrWait(id);
        return id;
    }

    private void giveOrWait(CompletableFuture<Long> id) {
        CompletableFuture<Void> awaited = null;
        long given = 0;
        synchronized (this) {
            if (next < end) {
                given = next++;
            } else {
                if (refill == null || refill.isDone()) {
                    refill = ask();
                }
                awaited = refill;
            }
        }
        if (awaited == null) {
            id.complete(given);
            return;
        }
        awaited.whenComplete(
                (granted, failure) -> {
                    if (failure == null) {
                        giveOrWait(id); // others may have emptied the block by now
                    } else {
                        id.completeExceptionally(causeOf(failure));
                    }
                });
    }

    /** Asks for a block; one that comes after the time is over is never used. */
    private CompletableFuture<Void> ask() {
        CompletableFuture<ProducerIdBlock> granted;
        try {
            granted = source.apply(new AllocateProducerIds(BLOCK));
        } catch (RuntimeException e) {
            granted = CompletableFuture.failedFuture(e);
        }
        return granted.thenAccept(this::take)
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(known(e)));
    }

    private Throwable known(Throwable failure) {
        Throwable cause = causeOf(failure);
        return cause instanceof TimeoutException
                ? MillraceException.of(
                        ErrorCode.LEADER_UNAVAILABLE,
                        "the controller granted no producer ids within %d ms; try again"
                                .formatted(patience.toMillis()))
                : cause;
    }

    /** What the source failed with, without what futures wrap around it. */
    private static Throwable causeOf(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
        return wrapped ? failure.getCause() : failure;
    }

    private synchronized void take(ProducerIdBlock block) {
        next = block.first();
        end = block.end();
    }
}
