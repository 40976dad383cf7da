package io.millrace.broker.reading;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ReadConsistency;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a read is to have seen.
 *
 * @param consistency of the proto's, without UNRECOGNIZED
 * @param maxStalenessMs how old the replica's state may be, in milliseconds; 0: no bound
 * @param patience how long to wait for what is asked
 */
public record ReadTerms(ReadConsistency consistency, long maxStalenessMs, Duration patience) {

    private static final int DEFAULT_WAIT_MS = 5_000;
    private static final int MAX_WAIT_MS = 60_000;

    /**
     * What a request asks for.
     *
     * @param waitMs how long to wait, in milliseconds; 0: 5,000; at most 60,000
     * @throws MillraceException naming the field and the rule that it breaks
     */
    public static ReadTerms checked(ReadConsistency consistency, long maxStalenessMs, int waitMs) {
        if (consistency == ReadConsistency.UNRECOGNIZED) {
            throw invalid(
                    "consistency",
                    "this broker does not know the consistency; ask for LINEARIZABLE, SESSION or"
                            + " EVENTUAL");
        }
        if (maxStalenessMs != 0 && consistency != ReadConsistency.READ_CONSISTENCY_EVENTUAL) {
            throw invalid(
                    "max_staleness_ms",
                    "max_staleness_ms bounds EVENTUAL reads only; leave it out or ask for EVENTUAL");
        }
        if (maxStalenessMs < 0) {
            throw invalid(
                    "max_staleness_ms",
                    "max_staleness_ms is %s; at most %d is allowed"
                            .formatted(Long.toUnsignedString(maxStalenessMs), Long.MAX_VALUE));
        }
        if (waitMs < 0 || waitMs > MAX_WAIT_MS) {
            throw invalid(
                    "wait_timeout_ms",
                    "wait_timeout_ms is %s; at most %d is allowed"
                            .formatted(Integer.toUnsignedString(waitMs), MAX_WAIT_MS));
        }
        return new ReadTerms(
                consistency,
                maxStalenessMs,
                Duration.ofMillis(waitMs == 0 ? DEFAULT_WAIT_MS : waitMs));
    }

    /** Whether everything acknowledged before the call is to be seen. */
    public boolean isLinearizable() {
        return consistency == ReadConsistency.READ_CONSISTENCY_LINEARIZABLE;
    }

    /** Whether the caller names what it has seen. */
    public boolean isSession() {
        return consistency == ReadConsistency.READ_CONSISTENCY_SESSION;
    }

    /** Whether whatever the replica has applied will do. */
    public boolean isEventual() {
        return consistency == ReadConsistency.READ_CONSISTENCY_EVENTUAL;
    }

    /**
     * Whether a replica's state is too old.
     *
     * @param stalenessNanos its age; {@code Long.MAX_VALUE} if unknown, which is too old for any
     *     bound
     */
    public boolean isTooStale(long stalenessNanos) {
        return maxStalenessMs > 0
                && (stalenessNanos == Long.MAX_VALUE
                        || TimeUnit.NANOSECONDS.toMillis(stalenessNanos) > maxStalenessMs);
    }

    private static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message).with("field", field);
    }
}
