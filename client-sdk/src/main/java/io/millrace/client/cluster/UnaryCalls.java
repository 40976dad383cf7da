package io.millrace.client.cluster;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.millrace.client.choice.Balancer;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Calls that any broker can answer, at one broker after another until one does or the time is over.
 * Blocks; thread-safe.
 */
public final class UnaryCalls {
    private static final Duration FIRST_WAIT = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final long MIN_SHARE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

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
     * @param repeatable whether it may be made again when the outcome of an attempt is unknown; if
     *     so, no broker gets all of the time while there is another one to ask
     * @throws MillraceException the last failure; DEADLINE_EXCEEDED with it as the cause when the
     *     time is over
     */
    public <T> T call(Attempt<T> attempt, boolean repeatable, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, ThreadLocalRandom.current());
        Set<String> tried = new HashSet<>();
        String hint = null;
        boolean uncertain = false;
        while (true) {
            ClusterView known = cluster.view();
            List<String> untried = untried(tried);
            String address = hint != null ? hint : cluster.brokers().choose(untried);
            tried.add(address);
            untried.remove(address);
            long left = deadline - System.nanoTime();
            long share = Math.max(MIN_SHARE_NANOS, left / (untried.size() + 1));
            MillraceException failure;
            Balancer.Call observed = cluster.brokers().begin(address);
            try {
                ManagedChannel channel = cluster.freshChannel(address);
                long connectNanos = cluster.options().connectTimeout().toNanos();
                awaitConnection(channel, address, Math.min(share, connectNanos));
                T answer =
                        attempt.call(
                                channel,
                                Deadline.after(
                                        Math.max(1, repeatable ? Math.min(share, left) : left),
                                        TimeUnit.NANOSECONDS));
                observed.answered();
                observed.ended();
                return answer;
            } catch (StatusRuntimeException | MillraceException e) {
                failure = WireError.fromThrowable(e).with("broker", address);
            }
            observe(observed, failure);
            // An attempt that never reached a broker is none: a refused connection is repeated.
            boolean unknown = failure.outcome() == WriteOutcome.UNKNOWN && !neverConnected(failure);
            uncertain |= unknown;
            if (failure.retry() == Retry.NEVER || (unknown && !repeatable)) {
                throw uncertain ? failure.withOutcome(WriteOutcome.UNKNOWN) : failure;
            }
            hint = failure.leader().filter(it -> !it.equals(address)).orElse(null);
            long asked = TimeUnit.MILLISECONDS.toNanos(failure.retryAfterMs());
            long most = Math.max(backoff.next(), asked);
            // What others learn all the time must not keep it busy.
            long least = Math.min(most, Math.max(FIRST_WAIT.toNanos(), asked));
            if (System.nanoTime() + most - deadline >= 0) {
                throw timedOut(failure, address, timeout, uncertain);
            }
            if (!pause(known, least, most)) {
                throw uncertain ? failure.withOutcome(WriteOutcome.UNKNOWN) : failure;
            }
        }
    }

    /** All that have not been asked; when all have been, it begins anew. */
    private List<String> untried(Set<String> tried) {
        List<String> addresses = new ArrayList<>(cluster.addresses());
        List<String> untried = new ArrayList<>(addresses);
        untried.removeAll(tried);
        if (untried.isEmpty()) {
            tried.clear();
            return addresses;
        }
        return untried;
    }

    private static void observe(Balancer.Call call, MillraceException failure) {
        switch (failure.code()) {
            case NOT_READY, DEADLINE_EXCEEDED, INTERNAL -> call.failed();
            default -> {
                call.answered();
                call.ended();
            }
        }
    }

    /**
     * A broker that hangs accepts connections and never speaks: nothing is sent to it, so the call
     * can still be made elsewhere.
     */
    private static void awaitConnection(ManagedChannel channel, String address, long nanos) {
        long deadline = System.nanoTime() + nanos;
        ConnectivityState state = channel.getState(true);
        while (state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING) {
            CountDownLatch changed = new CountDownLatch(1);
            channel.notifyWhenStateChanged(state, changed::countDown);
            boolean inTime;
            try {
                inTime = changed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                inTime = false;
            }
            if (!inTime) {
                throw MillraceException.of(
                        ErrorCode.NOT_READY,
                        "the broker at "
                                + address
                                + " has not answered a connection within "
                                + TimeUnit.NANOSECONDS.toMillis(nanos)
                                + " ms");
            }
            state = channel.getState(true);
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

    /** Whether to go on after it: the client may have been closed, or the thread interrupted. */
    private boolean pause(ClusterView known, long leastNanos, long mostNanos) {
        try {
            cluster.awaitOther(known, leastNanos, mostNanos);
            return !cluster.isClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
