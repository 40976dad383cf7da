package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.EnumMap;
import java.util.Map;

/**
 * Refuses batches before they are proposed, for as long as there is a reason: the disk or the
 * write-ahead log is full, the broker stops. Thread-safe.
 */
public final class WriteGate {

    private final Map<ErrorCode, Refused> reasons = new EnumMap<>(ErrorCode.class);
    private volatile Refused refusal;

    /**
     * Closes it for one more reason.
     *
     * @param code what batches are refused with; its outcome must be NOT_APPLIED
     * @param message a sentence for a person
     */
    public synchronized void close(ErrorCode code, String message) {
        reasons.put(code, new Refused(code, message));
        refusal = reasons.values().iterator().next();
    }

    /** One reason is gone; it opens with the last of them. */
    public synchronized void open(ErrorCode code) {
        reasons.remove(code);
        refusal = reasons.isEmpty() ? null : reasons.values().iterator().next();
    }

    /** Whether batches pass. */
    public boolean isOpen() {
        return refusal == null;
    }

    /** Why batches do not pass, a sentence for a person; empty if they do. */
    public String problem() {
        Refused now = refusal;
        return now == null ? "" : now.message();
    }

    /** What to answer; null if batches pass. */
    Refused refusal() {
        return refusal;
    }
}
