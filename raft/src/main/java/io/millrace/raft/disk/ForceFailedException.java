package io.millrace.raft.jraft;

import java.io.IOException;

/**
 * A force failed, of a file or of a directory. It is never tried again: the kernel may have dropped
 * what it could not write, and would say yes the second time. The process has to end.
 */
final class ForceFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    ForceFailedException(IOException cause) {
        super("a force failed: " + cause.getMessage(), cause);
    }
}
