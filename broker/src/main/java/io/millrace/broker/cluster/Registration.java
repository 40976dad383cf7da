package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
    private final Duration lease;
    private final LongSupplier nanoTime;
    private final long pauseMs;

    /**
     * @param submit such as {@code controller::submit}
     * @param lease how long the lease of the broker that had the node id before may still run
     */
    public Registration(
            Function<RegisterBroker, CompletableFuture<BrokerImage>> submit,
            Duration lease,
            LongSupplier nanoTime) {
        this(submit, lease, nanoTime, PAUSE_MS);
    }

    Registration(
            Function<RegisterBroker, CompletableFuture<BrokerImage>> submit,
            Duration lease,
            LongSupplier nanoTime,
            long pauseMs) {
        this.submit = submit;
        this.lease = lease;
        this.nanoTime = nanoTime;
        this.pauseMs = pauseMs;
    }

    /**
     * Registers. Blocks until it is in force. That the node id is in use is believed after it was
     * said for three leases and a few seconds on end: a broker that lost its disk is refused until
     * the lease of its former life has run out, which begins anew with a new leader.
     *
     * @return the broker as the cluster has it
     * @throws MillraceException if it is refused: the broker cannot take part as it is
     * @throws InterruptedException if the thread is interrupted
     */
    public BrokerImage register(BrokerImage broker) throws InterruptedException {
        long refusedSince = nanoTime.getAsLong();
        long sayAt = refusedSince + SAY_EVERY_NANOS;
        while (true) {
            MillraceException failure;
            try {
                return submit.apply(new RegisterBroker(broker, false))
                        .get(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
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
            if (!isRefusal(failure)) {
                // Nobody led meanwhile: whoever leads next gives every lease a full term.
                refusedSince = now;
            } else if (now - refusedSince > patienceWith(failure)) {
                throw failure;
            }
            if (now - sayAt >= 0) {
                LOG.info("waiting to be registered: {}", failure.getMessage());
                sayAt = now + SAY_EVERY_NANOS;
            }
            TimeUnit.MILLISECONDS.sleep(pauseMs);
        }
    }

    /** Only of another's node id a lease can still run out; what is said of a copy stays true. */
    private long patienceWith(MillraceException refusal) {
        boolean inUse = refusal.metadata().containsKey(RegisterBroker.FORMER);
        return inUse ? 3 * lease.toNanos() + TimeUnit.SECONDS.toNanos(5) : 0;
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
