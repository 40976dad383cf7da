package io.millrace.client.queue;

/** Thrown by a {@link DeliveryHandler}: the record goes to the group's dead letters at once. */
public final class RejectRecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * A rejection.
     *
     * @param reason comes with the dead letter; cut to 1,000 characters
     */
    public RejectRecordException(String reason) {
        super(reason);
    }

    /** A rejection with its cause, which stays in this process. */
    public RejectRecordException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
