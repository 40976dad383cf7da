package io.millrace.broker.recovery;

/** A recovery that is asked for makes no sense. The message says why, and the way out. */
public final class RecoveryRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RecoveryRefusedException(String message) {
        super(message);
    }
}
