package io.millrace.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Shows on stderr how long work gets on: on a terminal one line that is rewritten five times a
 * second, elsewhere a new line every ten seconds. Shows nothing before the first period has passed,
 * so short work stays quiet. Thread-safe; never blocks but on stderr.
 */
public final class Progress implements AutoCloseable {
    private static final Duration LIVE = Duration.ofMillis(200);
    private static final Duration PLAIN = Duration.ofSeconds(10);
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream err;
    private final boolean live;
    private final int width;
    private final LongSupplier nanoTime;
    private final long period;
    private long shownAt;
    private boolean shown;

    Progress(final Console console, final LongSupplier nanoTime) {
        this.err = console.err();
        this.live = console.terminal().canRewrite();
        this.width = live ? console.terminal().width() : Integer.MAX_VALUE;
        this.nanoTime = nanoTime;
        this.period = (live ? LIVE : PLAIN).toNanos();
        this.shownAt = nanoTime.getAsLong();
    }

    /**
     * Shows the text if the period has passed.
     *
     * @param text one line without a line feed; asked for only if it is shown
     */
    public synchronized void show(final Supplier<String> text) {
        final long now = nanoTime.getAsLong();
        if (now - shownAt < period) {
            return;
        }
        shownAt = now;
        if (live) {
            final String line = text.get();
            err.print(ERASE + line.substring(0, Math.min(line.length(), width - 1)));
            err.flush();
            shown = true;
        } else {
            err.println(text.get());
        }
    }

    /** Prints a line that stays, above the live line if there is one. */
    public synchronized void say(final String line) {
        clear();
        err.println(line);
    }

    /** Removes the live line. */
    @Override
    public synchronized void close() {
        clear();
    }

    private void clear() {
        if (shown) {
            err.print(ERASE);
            err.flush();
            shown = false;
        }
    }
}
