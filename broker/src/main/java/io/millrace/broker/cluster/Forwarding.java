package io.millrace.broker.cluster;

import com.google.protobuf.ByteString;
import io.millrace.broker.controller.CommandForwarder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.SubmitCommandRequest;
import io.millrace.v1.SubmitCommandResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Sends commands to the controller's leader; looks for it again, within its patience, as long as
 * nothing can have come of what was sent. Thread-safe; no method blocks.
 */
public final class Forwarding implements CommandForwarder {

    private static final long PAUSE_MS = 50;

    private final int self;
    private final LeaderSearch search;
    private final Peers peers;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    private final Duration patience;

    /**
     * @param self this broker's node id
     * @param timer for the pauses between attempts
     * @param patience how long a command may take altogether
     */
    public Forwarding(
            int self,
            LeaderSearch search,
            Peers peers,
            ScheduledExecutorService timer,
            LongSupplier nanoTime,
            Duration patience) {
        this.self = self;
        this.search = search;
        this.peers = peers;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.patience = patience;
    }

    @Override
    public CompletableFuture<Answer> forward(ByteBuffer command, boolean repeatable) {
        SubmitCommandRequest request =
                SubmitCommandRequest.newBuilder().setCommand(ByteString.copyFrom(command)).build();
        Attempts attempts = new Attempts(request, repeatable);
        attempts.next();
        return attempts.result;
    }

    /** One command and what was tried for it; one attempt at a time. */
    private final class Attempts {

        private final SubmitCommandRequest request;
        private final boolean repeatable;
        private final long deadline = nanoTime.getAsLong() + patience.toNanos();
        private final CompletableFuture<Answer> result = new CompletableFuture<>();
        private MillraceException last;

        Attempts(SubmitCommandRequest request, boolean repeatable) {
            this.request = request;
            this.repeatable = repeatable;
        }

        void next() {
            Duration left = Duration.ofNanos(deadline - nanoTime.getAsLong());
            if (left.isNegative() || left.isZero()) {
                result.completeExceptionally(last == null ? nobodyLeads() : last);
                return;
            }
            int leader = search.leader();
            if (leader == self) {
                result.completeExceptionally(
                        MillraceException.of(
                                ErrorCode.NOT_LEADER,
                                "this broker leads the controller itself by now; try again"));
            } else if (leader == 0 || !peers.isReachable(leader)) {
                pause(); // nothing is sent where nothing arrives: its outcome would be unknown
            } else {
                ask(leader, left);
            }
        }

        private void ask(int leader, Duration left) {
            CompletableFuture<SubmitCommandResponse> answer;
            try {
                answer = peers.submit(leader, request, left);
            } catch (RuntimeException e) {
                answer = CompletableFuture.failedFuture(e);
            }
            answer.whenComplete(
                    (response, failure) -> {
                        if (failure == null && !response.hasRefusal()) {
                            result.complete(
                                    new Answer(
                                            response.getValue().asReadOnlyByteBuffer(),
                                            response.getMapVersion()));
                        } else if (failure == null) {
                            failed(leader, WireError.fromDetail(response.getRefusal()));
                        } else {
                            failed(leader, known(failure));
                        }
                    });
        }

        private void failed(int leader, MillraceException failure) {
            boolean elsewhere =
                    failure.outcome() == WriteOutcome.NOT_APPLIED
                            && (failure.code() == ErrorCode.NOT_LEADER
                                    || failure.code() == ErrorCode.NOT_READY);
            boolean lost =
                    failure.outcome() == WriteOutcome.UNKNOWN
                            || failure.code() == ErrorCode.OUTCOME_UNKNOWN;
            if (elsewhere || lost && repeatable) {
                if (failure.code() != ErrorCode.NOT_LEADER) {
                    last = failure;
                }
                if (failure.code() != ErrorCode.NOT_READY || lost) {
                    search.doubt(leader);
                }
                pause();
            } else {
                result.completeExceptionally(lost ? unknown(leader, failure) : failure);
            }
        }

        private void pause() {
            try {
                timer.schedule(this::next, PAUSE_MS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                result.completeExceptionally(
                        MillraceException.of(
                                ErrorCode.NOT_READY,
                                "the broker is stopping; try again, or turn to another broker"));
            }
        }
    }

    private MillraceException nobodyLeads() {
        return MillraceException.of(
                ErrorCode.LEADER_UNAVAILABLE,
                ("no leader of the controller was found within %d ms; try again, and look at"
                                + " `millrace cluster status` if it lasts")
                        .formatted(patience.toMillis()));
    }

    private static MillraceException unknown(int leader, MillraceException failure) {
        return MillraceException.of(
                ErrorCode.OUTCOME_UNKNOWN,
                ("the controller's leader, broker %d, was lost before it answered (%s); the change"
                                + " may be in force or not, look before trying again")
                        .formatted(leader, failure.getMessage()),
                failure);
    }

    private static MillraceException known(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
        return WireError.fromThrowable(wrapped ? failure.getCause() : failure);
    }
}
