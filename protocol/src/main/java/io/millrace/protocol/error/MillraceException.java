package io.millrace.protocol.error;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A failure with a stable code. Thrown by the SDK, and by the broker where a request is to be
 * refused. Immutable but for the stack trace.
 */
public final class MillraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The metadata key for the address, host:port, of a broker that can do it. */
    public static final String LEADER = "leader";

    private final ErrorCode code;
    private final WriteOutcome outcome;
    private final Retry retry;
    private final transient Map<String, String> metadata;
    private final int retryAfterMs;

    MillraceException(
            ErrorCode code,
            String message,
            Map<String, String> metadata,
            Retry retry,
            WriteOutcome outcome,
            int retryAfterMs,
            Throwable cause) {
        super(message, cause);
        this.code = code;
        this.outcome = outcome;
        this.retry = retry;
        this.metadata = Map.copyOf(metadata);
        this.retryAfterMs = retryAfterMs;
    }

    /**
     * A failure with the code's own outcome and retry class.
     *
     * @param message one sentence for a person: names the thing, the limit and the way out
     */
    public static MillraceException of(ErrorCode code, String message) {
        return of(code, message, null);
    }

    /** As {@link #of(ErrorCode, String)}, with a cause that stays on this side of the wire. */
    public static MillraceException of(ErrorCode code, String message, Throwable cause) {
        return new MillraceException(
                code, message, Map.of(), code.retry(), code.outcome(), 0, cause);
    }

    /** The same failure with one more variable of its message, or a hint. */
    public MillraceException with(String key, Object value) {
        Map<String, String> more = new LinkedHashMap<>(metadata());
        more.put(key, String.valueOf(value));
        return copy(more, retry, outcome, retryAfterMs);
    }

    /** The same failure, with what is known of the write in this case. */
    public MillraceException withOutcome(WriteOutcome known) {
        return known == outcome ? this : copy(metadata(), retry, known, retryAfterMs);
    }

    /** The same failure, with what to do in this case. */
    public MillraceException withRetry(Retry advice) {
        return advice == retry ? this : copy(metadata(), advice, outcome, retryAfterMs);
    }

    /** The same failure, with the wait before a retry in milliseconds; 0: the caller's back-off. */
    public MillraceException withRetryAfterMs(int milliseconds) {
        return copy(metadata(), retry, outcome, Math.max(0, milliseconds));
    }

    /** What happened. */
    public ErrorCode code() {
        return code;
    }

    /** What is known of the write behind it. */
    public WriteOutcome outcome() {
        return outcome;
    }

    /** What can be done. */
    public Retry retry() {
        return retry;
    }

    /** The variables of the message, and hints such as {@link #LEADER}; unmodifiable. */
    public Map<String, String> metadata() {
        return metadata == null ? Map.of() : metadata;
    }

    /** How long to wait before a retry, in milliseconds; 0: the caller's own back-off. */
    public int retryAfterMs() {
        return retryAfterMs;
    }

    /** The address, host:port, of a broker that can do it, if the broker asked knows one. */
    public Optional<String> leader() {
        return Optional.ofNullable(metadata().get(LEADER)).filter(address -> !address.isEmpty());
    }

    @Override
    public String toString() {
        return "MillraceException[" + code + ", " + outcome + "]: " + getMessage();
    }

    private MillraceException copy(
            Map<String, String> map, Retry advice, WriteOutcome known, int waitMs) {
        MillraceException copy =
                new MillraceException(code, getMessage(), map, advice, known, waitMs, getCause());
        copy.setStackTrace(getStackTrace());
        return copy;
    }
}
