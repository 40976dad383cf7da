package io.millrace.broker.wire;

/** Bytes are not what they should be. */
public final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong, and where
     */
    public MalformedException(String message) {
        super(message);
    }
}
