package io.millrace.broker.cluster;

import io.millrace.broker.cluster.FoundingDecision.Wait;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Greets the seeds until it is clear whether this broker founds a cluster or joins one. The peer
 * port must answer greetings already. Run by one thread; {@link #stop} may come from another.
 */
public final class Founding {

    private static final Logger LOG = LoggerFactory.getLogger(Founding.class);
    private static final Duration GREET_DEADLINE = Duration.ofSeconds(2);
    private static final long FIRST_PAUSE_MS = 50;
    private static final long MAX_PAUSE_MS = 1_000;
    private static final long SAY_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Introduction self;
    private final FoundingRounds rounds;
    private final Peers peers;
    private final LongSupplier nanoTime;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param self this broker, in no cluster yet
     * @param ownAddress what others are told of its peer port, host:port
     */
    public Founding(Introduction self, String ownAddress, Peers peers, LongSupplier nanoTime) {
        this.self = self;
        this.rounds = new FoundingRounds(self, ownAddress);
        this.peers = peers;
        this.nanoTime = nanoTime;
    }

    /**
     * Waits for a decision: Found, Join or Refused. Blocks, for ever if need be, and says every 5 s
     * whom it waits for and why.
     *
     * @throws InterruptedException if it was stopped, or the thread interrupted
     */
    public FoundingDecision await() throws InterruptedException {
        long pauseMs = FIRST_PAUSE_MS;
        long sayAt = nanoTime.getAsLong() + SAY_EVERY_NANOS;
        while (true) {
            FoundingDecision decision = rounds.next(greetAll());
            if (!(decision instanceof Wait wait)) {
                return decision;
            }
            long now = nanoTime.getAsLong();
            if (now - sayAt >= 0) {
                LOG.info("waiting to found or join a cluster: {}", wait.reason());
                sayAt = now + SAY_EVERY_NANOS;
            }
            if (stopped.await(pauseMs, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException(
                        "stopped while it waited to found or join a cluster: " + wait.reason());
            }
            pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
        }
    }

    /** Ends the wait. */
    public void stop() {
        stopped.countDown();
    }

    /** One round: all at once, so that the answers are of about the same time. */
    private List<SeedAnswer> greetAll() {
        GreetRequest request = GreetRequest.newBuilder().setPeer(self.get()).build();
        List<CompletableFuture<SeedAnswer>> greetings =
                self.get().getSeedsList().stream().map(seed -> greet(seed, request)).toList();
        return greetings.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<SeedAnswer> greet(String seed, GreetRequest request) {
        CompletableFuture<GreetResponse> answer;
        try {
            answer = peers.greet(seed, request, GREET_DEADLINE);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.orTimeout(2 * GREET_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
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
