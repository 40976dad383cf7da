package io.millrace.cli;

/**
 * A verb cannot go on. The message is shown as it is: one sentence that names the thing, the limit
 * and the way out. Ends the command with {@link ExitCode#FAILED}.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Refuses with the sentence to show. */
    public CommandException(final String message) {
        super(message);
    }

    /** Refuses with the sentence to show; the cause is shown with --debug only. */
    public CommandException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
