package io.millrace.cli;

/** The exit codes of all verbs; scripts rely on them. */
public final class ExitCode {
    /** Done. */
    public static final int DONE = 0;

    /** Refused or failed; the reason stands on stderr. */
    public static final int FAILED = 1;

    /** The command line cannot be parsed; nothing was tried. */
    public static final int USAGE = 2;

    private ExitCode() {}
}
