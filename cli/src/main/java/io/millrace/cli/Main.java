package io.millrace.cli;

import io.millrace.client.MillraceClient;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/** The millrace command. */
public final class Main {
    private Main() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(final String[] arguments) {
        final PrintStream err =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        final Console console =
                new Console(
                        new FileInputStream(FileDescriptor.in),
                        new FileOutputStream(FileDescriptor.out),
                        err,
                        Console.Terminal.ofSystem());
        final CommandContext context =
                new CommandContext(
                        console,
                        Main::connect,
                        Clock.systemUTC(),
                        System::nanoTime,
                        TimeUnit.NANOSECONDS::sleep);
        final int code =
                new CommandRunner(context, ServiceLoader.load(VerbProvider.class))
                        .run(List.of(arguments));
        err.flush();
        System.exit(code);
    }

    private static MillraceClient connect(final ClientSettings settings, final Duration timeout) {
        final MillraceClient.Builder client =
                MillraceClient.builder()
                        .servers(String.join(",", settings.servers()))
                        .clientName(settings.name())
                        .requestTimeout(timeout)
                        .balance(settings.balance());
        settings.weights().forEach(client::weight);
        return client.build();
    }
}
