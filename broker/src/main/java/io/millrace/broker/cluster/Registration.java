package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers this broker with the controller's leader at its start, however long that takes to be
 * found. Run by one thread.
 */
public final class Registration {

    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    private static final long PAUSE_MS = 500;
    private static final long SAY_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Function<RegisterBroker, CompletableFuture<BrokerImage>> submit;
    private final Supplier<Optional<String>> strangers;
    private final CompletableFuture<BrokerImage> end;
    private final Duration lease;
    private final LongSupplier nanoTime;
    private final long pauseMs;

    /**
     * @param submit such as {@code controller::submit}
     * @param strangers looks whether the broker is among strangers, asked while no leader is found:
     *     a sentence, or empty; may block for some seconds
     * @param fatal why the broker cannot go on, as soon as that is so
     * @param lease how long the lease of the broker that had the node id before may still run
     */
    public Registration(
            Function<RegisterBroker, CompletableFuture<BrokerImage>> submit,
            Supplier<Optional<String>> strangers,
            CompletableFuture<String> fatal,
            Duration lease,
            LongSupplier nanoTime) {
        this(submit, strangers, fatal, lease, nanoTime, PAUSE_MS);
    }

    Registration(
            Function<RegisterBroker, CompletableFuture<BrokerImage>> submit,
            Supplier<Optional<String>> strangers,
            CompletableFuture<String> fatal,
            Duration lease,
            LongSupplier nanoTime,
            long pauseMs) {
        this.submit = submit;
        this.strangers = strangers;
        this.end =
                fatal.thenCompose(
                        reason -> CompletableFuture.failedFuture(PeerGate.mustStop(reason)));
        this.lease = lease;
        this.nanoTime = nanoTime;
        this.pauseMs = pauseMs;
    }

    /**
     * Registers. Blocks until it is in force. That the node id is in use is believed after it was
     * said for three leases and a few seconds on end by one leader: a broker that lost its disk is
     * refused until the lease of its former life has run out, which begins anew with a new leader.
     *
     * @return the broker as the cluster has it
     * @throws MillraceException if it is refused: the broker cannot take part as it is
     * @throws InterruptedException if the thread is interrupted
     */
    public BrokerImage register(BrokerImage broker) throws InterruptedException {
        Patience patience = new Patience();
        long sayAt = nanoTime.getAsLong() + SAY_EVERY_NANOS;
        while (true) {
            MillraceException failure;
            try {
                return attempt(broker);
            } catch (ExecutionException e) {
                failure = known(e.getCause());
            } catch (TimeoutException e) {
                failure =
                        MillraceException.of(
                                ErrorCode.LEADER_UNAVAILABLE,
                                "the controller had no answer within %d s"
                                        .formatted(ATTEMPT.toSeconds()),
                                e);
            }
            long now = nanoTime.getAsLong();
            if (patience.isOver(failure, now)) {
                throw failure;
            }
            if (!isRefusal(failure)) {
                refuseStrangers();
            }
            if (now - sayAt >= 0) {
                LOG.info("waiting to be registered: {}", failure.getMessage());
                sayAt = now + SAY_EVERY_NANOS;
            }
            pause();
        }
    }

    /** Ends early, by the reason, when the broker is told to stop. */
    private void pause() throws InterruptedException {
        try {
            end.get(pauseMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // Nothing keeps it from trying again.
        } catch (ExecutionException e) {
            throw known(e.getCause());
        }
    }

    private BrokerImage attempt(BrokerImage broker)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<BrokerImage> answer = submit.apply(new RegisterBroker(broker, false));
        return (BrokerImage)
                CompletableFuture.anyOf(answer, end).get(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Where nobody leads, it may be because all who could answer are another cluster. */
    private void refuseStrangers() {
        Optional<String> reason = strangers.get();
        if (reason.isPresent()) {
            throw PeerGate.mustStop(reason.get());
        }
    }

    /** How long refusals are borne. Only of another's node id a lease can still run out. */
    private final class Patience {

        private String term = "";
        private long refusedSince;

        boolean isOver(MillraceException failure, long now) {
            if (!isRefusal(failure)) {
                term = "";
                return false;
            }
            if (!failure.metadata().containsKey(RegisterBroker.FORMER)) {
                return true; // what is said of a copy stays true
            }
            String said = failure.metadata().getOrDefault(RegisterBroker.TERM, "unknown");
            if (!said.equals(term)) {
                // Each leader gives every lease a full term, and none runs out while nobody leads.
                term = said;
                refusedSince = now;
            }
            return now - refusedSince > 3 * lease.toNanos() + TimeUnit.SECONDS.toNanos(5);
        }
    }

    private static boolean isRefusal(MillraceException failure) {
        return switch (failure.code()) {
            case INVALID_ARGUMENT, WRONG_CLUSTER, CHANGE_REFUSED, UNSUPPORTED_VERSION -> true;
            default -> false;
        };
    }

    private static MillraceException known(Throwable cause) {
        Throwable inner =
                cause instanceof CompletionException && cause.getCause() != null
                        ? cause.getCause()
                        : cause;
        return inner instanceof MillraceException failure
                ? failure
                : MillraceException.of(ErrorCode.INTERNAL, String.valueOf(inner), inner);
    }
}
