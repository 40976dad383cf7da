package io.millrace.cli;

import picocli.CommandLine;

/** The millrace command. */
public final class Main {
    private Main() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new RootCommand()).execute(args));
    }
}
