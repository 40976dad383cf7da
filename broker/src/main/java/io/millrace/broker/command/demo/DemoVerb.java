package io.millrace.broker.command.demo;

import io.millrace.broker.data.FileTree;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace demo}. */
@Command(
        name = "demo",
        description = {
            "Show the main job: a broker, a topic, real events, a group, kill -9, and a count.",
            "",
            "Starts a broker with a temporary data directory and a group of two members, each in a"
                    + " process of its own, publishes events by key, and kills with SIGKILL: twice"
                    + " the broker, while sends are in flight, and half-way a member, whose"
                    + " partitions the other one takes over. Ends with what came back. The exit"
                    + " code is 1 if anything was lost, stored twice, changed or out of order.",
            "",
            "Examples:",
            "  millrace demo",
            "  millrace demo --input clicks.ndjson --key user --output json"
        })
public final class DemoVerb implements Callable<Integer> {

    private final CommandContext context;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "JSON objects to publish, one a line; default: a week of earthquakes.")
    private Path input;

    @Option(
            names = "--key",
            paramLabel = "FIELD",
            description = "The field whose value is the key; needed with --input.")
    private String key;

    public DemoVerb(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        DemoInput events = load();
        Path directory = Files.createTempDirectory("millrace-demo-");
        DemoSummary summary;
        DemoScreen screen =
                new DemoScreen(context.err(), events.events().size(), events.keyField());
        try (DemoRun run = new DemoRun(events, directory, screen, context.nanoTime())) {
            // Ctrl-C must not leave processes behind, nor their data.
            Thread reaper = new Thread(() -> reap(run, directory), "demo-reaper");
            Runtime.getRuntime().addShutdownHook(reaper);
            try {
                summary = run.run();
            } finally {
                removeHook(reaper);
            }
        } finally {
            FileTree.delete(directory);
        }
        context.output().print(summary, summary::text);
        return summary.good() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void reap(DemoRun run, Path directory) {
        run.killForGood();
        try {
            FileTree.delete(directory);
        } catch (IOException e) {
            context.err().println("left behind: " + directory + ": " + e.getMessage());
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Shutting down already: the hook is doing its work.
            return;
        }
    }

    private DemoInput load() throws IOException {
        if (input == null && key == null) {
            return DemoInput.bundled();
        }
        if (input == null || key == null) {
            throw new CommandException(
                    "--input and --key go together: the file, and the field to take the key from");
        }
        return DemoInput.of(input, key);
    }
}
