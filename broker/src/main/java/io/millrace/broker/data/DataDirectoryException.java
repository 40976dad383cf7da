package io.millrace.broker.data;

import java.io.IOException;

/** A data directory cannot be used. The message says why and what to do. */
public final class DataDirectoryException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Problem problem;

    DataDirectoryException(Problem problem, String message) {
        this(problem, message, null);
    }

    DataDirectoryException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** What kind of problem it is. */
    public Problem problem() {
        return problem;
    }

    /** Why a data directory cannot be used. */
    public enum Problem {
        /** The path leads to something else. */
        NOT_A_DIRECTORY,
        /** The process may not create, read or write in it. */
        NOT_WRITABLE,
        /** Another process, or this one, uses it. */
        IN_USE,
        /** It holds files of something else, or has lost its identity. */
        FOREIGN,
        /** Its identity belongs to another node. */
        OTHER_NODE,
        /** Its identity belongs to another cluster. */
        OTHER_CLUSTER,
        /** A newer version has written it. */
        NEWER_FORMAT,
        /** Its identity cannot be read. */
        CORRUPT
    }
}
