package io.millrace.protocol.error;

import io.millrace.v1.RetryClass;

/** Who should do what after a failure. */
public enum Retry {
    /** The same request fails again until somebody changes it, the topic or the cluster. */
    NEVER(RetryClass.RETRY_CLASS_NEVER),
    /** The same request may be sent again to the same broker. */
    SAME(RetryClass.RETRY_CLASS_SAME),
    /** Fetch the cluster map, then send the same request to the leader found there. */
    REFRESH(RetryClass.RETRY_CLASS_REFRESH),
    /** The stream or the operation must be started anew. */
    RESTART(RetryClass.RETRY_CLASS_RESTART);

    private final RetryClass wire;

    Retry(RetryClass wire) {
        this.wire = wire;
    }

    RetryClass wire() {
        return wire;
    }

    /** The class that a peer names, or the code's own if it names none that is known here. */
    static Retry ofWire(RetryClass wire, ErrorCode code) {
        return switch (wire) {
            case RETRY_CLASS_NEVER -> NEVER;
            case RETRY_CLASS_SAME -> SAME;
            case RETRY_CLASS_REFRESH -> REFRESH;
            case RETRY_CLASS_RESTART -> RESTART;
            case RETRY_CLASS_UNSPECIFIED, UNRECOGNIZED -> code.retry();
        };
    }
}
