package io.millrace.cli;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.Admin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What all verbs share: the streams, the clocks, and the options that stand before or after every
 * verb. The options are known once the command line has been parsed: verbs read them when they are
 * called.
 */
public final class CommandContext {
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final Console console;
    private final Clients clients;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Pause pause;
    private final GlobalOptions options = new GlobalOptions();

    CommandContext(
            final Console console,
            final Clients clients,
            final Clock clock,
            final LongSupplier nanoTime,
            final Pause pause) {
        this.console = console;
        this.clients = clients;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /** The brokers to try first, host:port each, at least one. */
    public List<String> servers() {
        return options.servers();
    }

    /**
     * Connects to the cluster, when first needed; the caller closes the client.
     *
     * @param requestTimeout how long an admin call may take over all attempts
     */
    public MillraceClient connect(final Duration requestTimeout) {
        return clients.connect(options.client(), requestTimeout);
    }

    /**
     * Runs work that only needs the admin calls, on a client of its own. Blocks; each call that
     * takes longer than 3 s says on stderr what it waits for, and for how long at most. What the
     * work does between its calls is its own to tell.
     *
     * @param requestTimeout how long a call may take over all attempts
     */
    public <T> T withAdmin(final Duration requestTimeout, final Function<Admin, T> work) {
        return clients.withAdmin(
                options.client(),
                requestTimeout,
                admin -> work.apply(new PatientAdmin(admin, () -> await(requestTimeout))));
    }

    /**
     * Asks a person to agree to what stderr has just shown.
     *
     * @throws CommandException if there is no terminal to ask at
     */
    public boolean agreed() {
        if (!console.terminal().canAsk()) {
            throw new CommandException(
                    "nothing was done: there is no terminal to ask at; add --yes to do it, or --plan"
                            + " to only see it");
        }
        err().print("Do it? [y/N] ");
        err().flush();
        final String answer = readLine().strip().toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    /** Whether a person sits at stdin. */
    public boolean isTyped() {
        return console.terminal().canAsk();
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

    /**
     * Waits before the next look at something.
     *
     * @param most no longer than this, in nanoseconds
     * @param deadlineNanos nor beyond this, by {@link #nanoTime}
     * @return false at once if the deadline is over
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean pause(final long most, final long deadlineNanos) throws InterruptedException {
        final long left = deadlineNanos - nanoTime.getAsLong();
        if (left <= 0) {
            return false;
        }
        pause.of(Math.min(most, left));
        return true;
    }

    private Runnable await(final Duration timeout) {
        return new Waiting(err(), QUIET, () -> waitingFor(timeout))::close;
    }

    private String waitingFor(final Duration timeout) {
        return "waiting up to "
                + timeout.toSeconds()
                + " s for an answer of "
                + String.join(",", servers())
                + " ...";
    }

    private String readLine() {
        final StringBuilder line = new StringBuilder();
        try {
            for (int c = in().read(); c >= 0 && c != '\n' && line.length() < 80; c = in().read()) {
                line.append((char) c);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    GlobalOptions options() {
        return options;
    }

    Console console() {
        return console;
    }
}
