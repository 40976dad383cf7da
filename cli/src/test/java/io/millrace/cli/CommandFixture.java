package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.Admin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs command lines in this process, with streams in memory and no terminal. */
public final class CommandFixture {
    /** What the clock says. */
    public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<VerbProvider> providers = new ArrayList<>();
    private InputStream in = InputStream.nullInputStream();
    private Admin admin;
    private long paused;
    private ClientSettings last;
    private Console.Terminal terminal = Console.Terminal.NONE;

    /** Adds verbs. */
    public CommandFixture with(final VerbProvider provider) {
        providers.add(provider);
        return this;
    }

    /** Answers admin calls. */
    public CommandFixture with(final Admin fake) {
        admin = fake;
        return this;
    }

    /** Puts a person at the terminal who types this. */
    public CommandFixture typing(final String text) {
        terminal = Console.Terminal.of(true, false, () -> 80);
        in = new ByteArrayInputStream(text.getBytes(UTF_8));
        return this;
    }

    /** With what the last client was made. */
    ClientSettings settings() {
        return last;
    }

    /** Runs one command line; gives the exit code. */
    public int run(final String... words) {
        final Console console = new Console(in, out, new PrintStream(err, true, UTF_8), terminal);
        final CommandContext context =
                new CommandContext(
                        console,
                        new FakeClients(),
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        () -> System.nanoTime() + paused,
                        nanos -> paused += nanos);
        return new CommandRunner(context, providers).run(List.of(words));
    }

    /** How long verbs have paused so far, which has taken no time. */
    public Duration paused() {
        return Duration.ofNanos(paused);
    }

    /** Stdout so far. */
    public String out() {
        return out.toString(UTF_8);
    }

    /** Stdout so far. */
    public byte[] outBytes() {
        return out.toByteArray();
    }

    /** Stderr so far. */
    public String err() {
        return err.toString(UTF_8);
    }

    private final class FakeClients implements Clients {
        @Override
        public MillraceClient connect(final ClientSettings settings, final Duration timeout) {
            last = settings;
            throw new UnsupportedOperationException("only admin calls are answered here");
        }

        @Override
        public <T> T withAdmin(
                final ClientSettings settings,
                final Duration timeout,
                final Function<Admin, T> work) {
            last = settings;
            return work.apply(admin);
        }
    }
}
