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
            "Show the main job: a broker, a topic, real events, a kill -9, and a count.",
            "",
            "Starts a broker in a process of its own with a temporary data directory, publishes"
                    + " events by key, follows them, kills the broker with SIGKILL while sends are"
                    + " in flight, starts it again and goes on. Ends with what came back. The exit"
                    + " code is 1 if anything was lost, doubled, changed or out of order.",
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
        try (ChildBroker broker = new ChildBroker(directory)) {
            // Ctrl-C must not leave a broker behind, nor its data.
            Thread reaper = new Thread(() -> reap(broker, directory), "demo-reaper");
            Runtime.getRuntime().addShutdownHook(reaper);
            try {
                DemoScreen screen =
                        new DemoScreen(context.err(), events.events().size(), events.keyField());
                summary = new DemoRun(events, broker, screen, context.nanoTime()).run();
            } finally {
                removeHook(reaper);
            }
        } finally {
            FileTree.delete(directory);
        }
        context.output().print(summary, summary::text);
        return summary.good() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void reap(ChildBroker broker, Path directory) {
        broker.killForGood();
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
