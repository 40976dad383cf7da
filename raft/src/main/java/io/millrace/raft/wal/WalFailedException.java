package io.millrace.raft.wal;

/**
 * The journal has failed and takes no more writes in this process: an fsync that failed is never
 * tried again, because the kernel may have dropped the pages and would say yes the second time.
 */
public final class WalFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WalFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    public WalFailedException(String message) {
        super(message);
    }
}
