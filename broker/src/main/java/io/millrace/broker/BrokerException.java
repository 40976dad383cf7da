package io.millrace.broker;

/** A broker cannot start, for a reason that its operator can do something about. */
public final class BrokerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message one sentence: what, why, and the way out
     */
    public BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
