package io.millrace.broker.shard;

/** Why records below a log start are gone. */
public enum TrimReason {
    /** Retention removed them. */
    EXPIRED(1),
    /** Somebody asked for it. */
    TRIMMED(2);

    private final byte code;

    TrimReason(int code) {
        this.code = (byte) code;
    }

    /** The stable number that stands for it in entries and manifests. */
    byte code() {
        return code;
    }

    /**
     * The reason of a number.
     *
     * @throws IllegalArgumentException if there is none
     */
    static TrimReason ofCode(byte code) {
        for (TrimReason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw new IllegalArgumentException("unknown trim reason " + code);
    }
}
