package io.millrace.raft.jraft;

/** The bytes of a file are not what was once written to it. */
final class CorruptFileException extends Exception {

    private static final long serialVersionUID = 1L;

    CorruptFileException(String message) {
        super(message);
    }
}
