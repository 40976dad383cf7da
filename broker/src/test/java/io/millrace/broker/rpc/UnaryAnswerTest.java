package io.millrace.broker.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class UnaryAnswerTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void shouldAnswerWithTheValueOrTheReasonAsItIs() {
        assertThat(answer(LONG, () -> CompletableFuture.completedFuture("done")).value.join())
                .isEqualTo("done");
        MillraceException reason = MillraceException.of(ErrorCode.UNKNOWN_TOPIC, "no topic a");
        assertThat(failure(() -> CompletableFuture.failedFuture(reason)))
                .hasMessage("no topic a")
                .extracting(MillraceException::code)
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC);
        assertThat(
                        failure(
                                () ->
                                        CompletableFuture.<String>failedFuture(reason)
                                                .thenApply(value -> value)))
                .hasMessage("no topic a");
        assertThat(
                        failure(
                                () -> {
                                    throw reason;
                                }))
                .hasMessage("no topic a");
    }

    @Test
    void shouldSayThatNobodyKnowsWhenAShardIsStuck() {
        CompletableFuture<String> stuck = new CompletableFuture<>();
        MillraceException failure = answer(Duration.ofMillis(1), () -> stuck).failure.join();

        assertThat(failure.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(failure.outcome()).isEqualTo(WriteOutcome.UNKNOWN);
        assertThat(stuck).as("what was begun goes on").isNotDone();
    }

    @Test
    void shouldSayNotReadyWhenTheThreadsAreGoneAndInternalOfABug() {
        assertThat(failure(() -> CompletableFuture.failedFuture(new RejectedExecutionException())))
                .extracting(MillraceException::code)
                .isEqualTo(ErrorCode.NOT_READY);
        assertThat(failure(() -> CompletableFuture.failedFuture(new IllegalStateException("bug"))))
                .extracting(MillraceException::code)
                .isEqualTo(ErrorCode.INTERNAL);
    }

    private static MillraceException failure(Supplier<CompletableFuture<String>> work) {
        return answer(LONG, work).failure.join();
    }

    private static Answer answer(Duration limit, Supplier<CompletableFuture<String>> work) {
        Answer answer = new Answer();
        UnaryAnswer.within(limit, answer, work);
        return answer;
    }

    private static final class Answer implements StreamObserver<String> {

        final CompletableFuture<String> value = new CompletableFuture<>();
        final CompletableFuture<MillraceException> failure = new CompletableFuture<>();
        private String last;

        @Override
        public void onNext(String next) {
            last = next;
        }

        @Override
        public void onError(Throwable error) {
            failure.complete(WireError.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            value.complete(last);
        }
    }
}
