package io.millrace.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What all verbs share: the streams, the clocks, and the options that stand before or after every
 * verb. The options are known once the command line has been parsed: verbs read them when they are
 * called.
 */
public final class CommandContext {
    private final Console console;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final GlobalOptions options = new GlobalOptions();

    CommandContext(final Console console, final Clock clock, final LongSupplier nanoTime) {
        this.console = console;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** The brokers to try first, host:port each, at least one. */
    public List<String> servers() {
        return options.servers();
    }

    /** Prints data in the format asked for. */
    public Output output() {
        return new Output(console.out(), options.output());
    }

    /** Starts to show how work gets on; the caller closes it. */
    public Progress progress() {
        return new Progress(console, nanoTime);
    }

    /** Stdin, unbuffered bytes. */
    public InputStream in() {
        return console.in();
    }

    /** Stdout, unbuffered bytes: for data that {@link #output} does not print. */
    public OutputStream out() {
        return console.out();
    }

    /** Stderr: for talk. */
    public PrintStream err() {
        return console.err();
    }

    /** Wall time. */
    public Clock clock() {
        return clock;
    }

    /** Monotonic time in nanoseconds, to measure with. */
    public LongSupplier nanoTime() {
        return nanoTime;
    }

    GlobalOptions options() {
        return options;
    }

    Console console() {
        return console;
    }
}
