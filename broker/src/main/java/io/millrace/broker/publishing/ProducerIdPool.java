package io.millrace.broker.publishing;

import io.millrace.broker.controller.AllocateProducerIds;
import io.millrace.broker.controller.ProducerIdBlock;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives out producer ids from blocks that the controller has granted. The next block is asked for
 * when half of one is left, so that new publishers are served while the controller has no leader.
 * What is left when the broker stops is never used. Thread-safe.
 */
public final class ProducerIdPool implements ProducerIds {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerIdPool.class);

    private static final int BLOCK = 1_000;
    private static final int LOW = BLOCK / 2;

    private final Function<AllocateProducerIds, CompletableFuture<ProducerIdBlock>> source;
    private final Duration patience;
    private final Duration grantTimeout;
    private long next;
    private long end;
    private ProducerIdBlock spare;
    private CompletableFuture<Void> refill;

    /**
     * @param source grants blocks, such as {@code controller::submit}
     * @param patience how long somebody may wait for an id; less than publishers wait for an answer
     * @param grantTimeout how long a grant may take before another one is asked for; one that comes
     *     later is used all the same
     */
    public ProducerIdPool(
            Function<AllocateProducerIds, CompletableFuture<ProducerIdBlock>> source,
            Duration patience,
            Duration grantTimeout) {
        this.source = source;
        this.patience = patience;
        this.grantTimeout = grantTimeout;
    }

    /** Asks for a block if few ids are left and none is under way. Does not block. */
    public synchronized void fill() {
        if (isLow()) {
            refill();
        }
    }

    @Override
    public CompletableFuture<Long> next() {
        CompletableFuture<Long> id = new CompletableFuture<>();
        CompletableFuture<Long> answer = new CompletableFuture<>();
        id.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete(
                        (given, failure) -> {
                            if (failure == null) {
                                answer.complete(given);
                            } else {
                                answer.completeExceptionally(known(causeOf(failure)));
                            }
                        });
        giveOrWait(id);
        return answer;
    }

    private void giveOrWait(CompletableFuture<Long> id) {
        CompletableFuture<Void> awaited;
        long given = 0;
        synchronized (this) {
            if (id.isDone()) {
                return; // it was too late: let others have the id
            }
            if (next == end && spare != null) {
                start(spare);
                spare = null;
            }
            if (next < end) {
                given = next++;
            }
            awaited = isLow() ? refill() : null;
        }
        if (given != 0) {
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

    private boolean isLow() {
        return spare == null && end - next < LOW;
    }

    private CompletableFuture<Void> refill() {
        if (refill == null || refill.isDone()) {
            refill = ask();
        }
        return refill;
    }

    private CompletableFuture<Void> ask() {
        CompletableFuture<ProducerIdBlock> granted;
        try {
            granted = source.apply(new AllocateProducerIds(BLOCK));
        } catch (RuntimeException e) {
            granted = CompletableFuture.failedFuture(e);
        }
        return granted.thenAccept(this::take)
                .copy()
                .orTimeout(grantTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete(
                        (taken, failure) -> {
                            if (failure != null) {
                                LOG.debug("no producer ids were granted: {}", failure.toString());
                            }
                        });
    }

    private synchronized void take(ProducerIdBlock block) {
        if (next == end) {
            start(block);
        } else if (spare == null) {
            spare = block;
        } // or else grants came late, and there are enough
    }

    private void start(ProducerIdBlock block) {
        next = block.first();
        end = block.end();
    }

    /**
     * What to tell a publisher. That a grant is of unknown fate, or that the controller is led
     * elsewhere, is no matter to it: it is to try again.
     */
    private Throwable known(Throwable cause) {
        if (cause instanceof TimeoutException) {
            return MillraceException.of(
                    ErrorCode.LEADER_UNAVAILABLE,
                    "the controller granted no producer ids within %d ms; try again"
                            .formatted(patience.toMillis()));
        }
        if (cause instanceof MillraceException failure
                && failure.retry() != Retry.NEVER
                && failure.code() != ErrorCode.NOT_READY
                && failure.code() != ErrorCode.OVERLOADED) {
            return MillraceException.of(
                    ErrorCode.LEADER_UNAVAILABLE,
                    "the controller granted no producer ids: " + failure.getMessage(),
                    failure);
        }
        return cause;
    }

    /** What the source failed with, without what futures wrap around it. */
    private static Throwable causeOf(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
        return wrapped ? failure.getCause() : failure;
    }
}
