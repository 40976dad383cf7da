package io.millrace.broker.cluster;

import io.millrace.protocol.error.WireError;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Greets all seeds at once, so that the answers are of about the same time. Thread-safe. */
final class SeedRound {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Introduction self;
    private final Peers peers;

    SeedRound(Introduction self, Peers peers) {
        this.self = self;
        this.peers = peers;
    }

    /** One answer for each seed, in their order; each comes within 4 s. */
    List<CompletableFuture<SeedAnswer>> greetAll() {
        GreetRequest request = GreetRequest.newBuilder().setPeer(self.get()).build();
        return self.get().getSeedsList().stream().map(seed -> greet(seed, request)).toList();
    }

    private CompletableFuture<SeedAnswer> greet(String seed, GreetRequest request) {
        CompletableFuture<GreetResponse> answer;
        try {
            answer = peers.greet(seed, request, DEADLINE);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.orTimeout(2 * DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .handle(
                        (response, failure) ->
                                failure == null
                                        ? SeedAnswer.of(seed, response)
                                        : SeedAnswer.failed(seed, told(failure)));
    }

    private static String told(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return WireError.fromThrowable(cause).getMessage();
    }
}
