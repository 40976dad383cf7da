package io.millrace.broker.rpc;

import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers unary calls: with a value, or with the status of what went wrong, within {@value
 * #LIMIT_S} s in any case.
 */
final class UnaryAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(UnaryAnswer.class);

    /** More than all that a call waits for by itself, so that those can say better what it was. */
    private static final int LIMIT_S = 40;

    private UnaryAnswer() {}

    static <T> void now(StreamObserver<T> response, Supplier<T> work) {
        later(response, () -> CompletableFuture.completedFuture(work.get()));
    }

    static <T> void later(StreamObserver<T> response, Supplier<CompletableFuture<T>> work) {
        within(Duration.ofSeconds(LIMIT_S), response, work);
    }

    /**
     * @param limit after which the answer is DEADLINE_EXCEEDED, since a shard without a majority
     *     takes its time for ever; what was begun goes on
     */
    static <T> void within(
            Duration limit, StreamObserver<T> response, Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> future;
        try {
            future = work.get();
        } catch (RuntimeException e) {
            future = CompletableFuture.failedFuture(e);
        }
        future.copy()
                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete(
                        (value, error) -> {
                            if (error == null) {
                                response.onNext(value);
                                response.onCompleted();
                            } else {
                                response.onError(WireError.toStatus(known(error, limit)));
                            }
                        });
    }

    private static MillraceException known(Throwable error, Duration limit) {
        Throwable cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        if (cause instanceof MillraceException failure) {
            return failure;
        }
        if (cause instanceof TimeoutException) {
            return MillraceException.of(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the broker had no answer within %d ms; what was begun may still take effect:"
                                    .formatted(limit.toMillis())
                            + " look before you try again, and at `millrace cluster status`");
        }
        if (cause instanceof RejectedExecutionException) {
            return MillraceException.of(
                    ErrorCode.NOT_READY,
                    "the broker is stopping; try again, or turn to another broker",
                    cause);
        }
        LOG.error("a call failed in a way that nobody foresaw", cause);
        return MillraceException.of(
                ErrorCode.INTERNAL, "the broker failed: " + cause + "; see its log", cause);
    }
}
