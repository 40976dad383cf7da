package io.millrace.broker.deadletters;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** Says what a future failed with. */
final class Failures {

    private Failures() {}

    /** The failure itself; one that nobody foresaw as INTERNAL. */
    static MillraceException known(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof MillraceException known) {
            return known;
        }
        if (cause instanceof TimeoutException) {
            return MillraceException.of(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "there was no answer in time; what was begun may still take effect, try again");
        }
        return MillraceException.of(ErrorCode.INTERNAL, "the broker failed: " + cause, cause);
    }
}
