package io.millrace.client.cluster;

import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Calls that any broker can answer, at one broker after another until one does or the time is over.
 * Blocks; thread-safe.
 */
public final class UnaryCalls {
    private static final Duration FIRST_WAIT = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** One attempt of a call. */
    @FunctionalInterface
    public interface Attempt<T> {
        /** Calls a broker; the deadline is an absolute one. */
        T call(Channel channel, Deadline deadline);
    }

    private final Cluster cluster;

    UnaryCalls(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Makes the call.
     *
     * @param repeatable whether it may be made again when the outcome of an attempt is unknown
     * @throws MillraceException the last failure; DEADLINE_EXCEEDED with it as the cause when the
     *     time is over
     */
    public <T> T call(Attempt<T> attempt, boolean repeatable, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, ThreadLocalRandom.current());
        String hint = null;
        boolean uncertain = false;
        for (int i = 0; ; i++) {
            List<String> addresses = cluster.addresses();
            String address = hint != null ? hint : addresses.get(i % addresses.size());
            long left = deadline - System.nanoTime();
            MillraceException failure;
            try {
                return attempt.call(
                        cluster.freshChannel(address),
                        Deadline.after(Math.max(1, left), TimeUnit.NANOSECONDS));
            } catch (StatusRuntimeException e) {
                failure = WireError.fromThrowable(e).with("broker", address);
            }
            // An attempt that never reached a broker is none: a refused connection is repeated.
            boolean unknown = failure.outcome() == WriteOutcome.UNKNOWN && !neverConnected(failure);
            uncertain |= unknown;
            if (failure.retry() == Retry.NEVER || (unknown && !repeatable)) {
                throw uncertain ? failure.withOutcome(WriteOutcome.UNKNOWN) : failure;
            }
            hint = failure.leader().orElse(null);
            long wait =
                    Math.max(backoff.next(), TimeUnit.MILLISECONDS.toNanos(failure.retryAfterMs()));
            if (System.nanoTime() + wait - deadline >= 0) {
                throw timedOut(failure, address, timeout, uncertain);
            }
            sleep(wait, failure);
        }
    }

    private static boolean neverConnected(MillraceException failure) {
        for (Throwable t = failure.getCause(); t != null; t = t.getCause()) {
            if (t instanceof ConnectException || t instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private static MillraceException timedOut(
            MillraceException last, String address, Duration timeout, boolean uncertain) {
        return MillraceException.of(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "no answer within "
                                + timeout.toMillis()
                                + " ms; the last attempt, at "
                                + address
                                + ": "
                                + last.getMessage(),
                        last)
                .withOutcome(uncertain ? WriteOutcome.UNKNOWN : WriteOutcome.NOT_APPLIED)
                .with("broker", address)
                .with("last", last.code());
    }

    private static void sleep(long nanos, MillraceException failure) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }
}
