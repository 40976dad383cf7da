package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Runs command lines in this process, with streams in memory and no terminal. */
final class CommandFixture {
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<VerbProvider> providers = new ArrayList<>();
    private InputStream in = InputStream.nullInputStream();
    private Console.Terminal terminal = Console.Terminal.NONE;

    CommandFixture with(final VerbProvider provider) {
        providers.add(provider);
        return this;
    }

    CommandFixture with(final Console.Terminal other) {
        terminal = other;
        return this;
    }

    CommandFixture typing(final String text) {
        in = new ByteArrayInputStream(text.getBytes(UTF_8));
        return this;
    }

    int run(final String... words) {
        final Console console = new Console(in, out, new PrintStream(err, true, UTF_8), terminal);
        final CommandContext context =
                new CommandContext(console, Clock.fixed(NOW, ZoneOffset.UTC), System::nanoTime);
        return new CommandRunner(context, providers).run(List.of(words));
    }

    String out() {
        return out.toString(UTF_8);
    }

    byte[] outBytes() {
        return out.toByteArray();
    }

    String err() {
        return err.toString(UTF_8);
    }
}
