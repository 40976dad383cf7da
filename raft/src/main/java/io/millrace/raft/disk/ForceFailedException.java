package io.millrace.raft.disk;

import java.io.IOException;

/**
 * A force failed, of a file or of a directory. It is never tried again: the kernel may have dropped
 * what it could not write, and would say yes the second time. The process has to end.
 */
public final class ForceFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param cause what the kernel said
     */
    public ForceFailedException(IOException cause) {
        super("a force failed: " + cause.getMessage(), cause);
    }
}
