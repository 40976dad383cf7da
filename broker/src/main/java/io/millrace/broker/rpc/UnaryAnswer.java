package io.millrace.broker.rpc;

import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers unary calls: with a value, or with the status of what went wrong. */
final class UnaryAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(UnaryAnswer.class);

    private UnaryAnswer() {}

    static <T> void now(StreamObserver<T> response, Supplier<T> work) {
        later(response, () -> CompletableFuture.completedFuture(work.get()));
    }

    static <T> void later(StreamObserver<T> response, Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> future;
        try {
            future = work.get();
        } catch (RuntimeException e) {
            future = CompletableFuture.failedFuture(e);
        }
        future.whenComplete(
                (value, error) -> {
                    if (error == null) {
                        response.onNext(value);
                        response.onCompleted();
                    } else {
                        response.onError(WireError.toStatus(known(error)));
                    }
                });
    }

    private static MillraceException known(Throwable error) {
        Throwable cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        if (cause instanceof MillraceException failure) {
            return failure;
        }
        LOG.error("a call failed in a way that nobody foresaw", cause);
        return MillraceException.of(
                ErrorCode.INTERNAL, "the broker failed: " + cause + "; see its log", cause);
    }
}
