package io.millrace.broker.coordinator;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WriteOutcome;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** What failures mean to a coordinator. */
final class Failures {

    private Failures() {}

    /** A failure in the protocol's words. */
    static MillraceException known(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof MillraceException refusal) {
            return refusal;
        }
        if (cause instanceof TimeoutException) {
            return MillraceException.of(
                    ErrorCode.LEADER_UNAVAILABLE,
                    "the cluster had no answer in time; try again, and look at `millrace cluster"
                            + " status` if it lasts");
        }
        return MillraceException.of(
                ErrorCode.INTERNAL, "the broker failed: " + cause + "; see its log", cause);
    }

    /** Whether somebody else may lead by now, so that nothing can be said of the group here. */
    static boolean isOfLeadership(MillraceException failure) {
        return failure.code() == ErrorCode.NOT_LEADER
                || failure.code() == ErrorCode.LEADER_UNAVAILABLE
                || failure.code() == ErrorCode.OUTCOME_UNKNOWN;
    }

    /** Whether nothing was done, and the same may soon be. */
    static boolean passes(MillraceException failure) {
        return failure.retry() == Retry.SAME && failure.outcome() == WriteOutcome.NOT_APPLIED;
    }

    static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, field + ": " + message)
                .with("field", field);
    }
}
