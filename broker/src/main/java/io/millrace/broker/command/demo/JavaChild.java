package io.millrace.broker.command.demo;

import io.millrace.cli.CommandException;
import io.millrace.cli.Main;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The millrace command in a process of its own, on the same Java with the same options. Confined to
 * one thread, but for {@link #killForGood}.
 */
final class JavaChild {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int LOG_LINES_SHOWN = 15;

    private final Path log;
    private volatile Process process;
    private volatile boolean doomed;

    /**
     * @param log where its stderr goes, after what is there
     */
    JavaChild(Path log) {
        this.log = log;
    }

    /** Starts it; the caller reads its stdout to the end. */
    Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(javaCommand());
        command.addAll(arguments);
        process =
                new ProcessBuilder(command)
                        .redirectError(Redirect.appendTo(log.toFile()))
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .start();
        if (doomed) {
            process.destroyForcibly();
            throw new CommandException("the demo was interrupted");
        }
        return process;
    }

    private static List<String> javaCommand() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger's or a profiler's port can be held by one process only.
            if (!argument.startsWith("-agentlib") && !argument.startsWith("-javaagent")) {
                command.add(argument);
            }
        }
        String classPath = System.getProperty("java.class.path");
        boolean runFromJar = classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
        if (runFromJar) {
            // The jar's manifest opens what Chronicle needs, and only -jar heeds it.
            command.addAll(List.of("-jar", classPath));
        } else {
            command.addAll(List.of("-cp", classPath, Main.class.getName()));
        }
        return command;
    }

    /** The last lines of its log. */
    String endOfLog() {
        try {
            if (!Files.exists(log)) {
                return "(its log is empty)";
            }
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        }
    }

    /** Kills it with SIGKILL and waits until it is gone. */
    void kill() {
        if (process != null) {
            process.destroyForcibly();
            awaitExit();
        }
    }

    /** Kills it, and whatever is started after. Any thread may call it. */
    void killForGood() {
        doomed = true;
        kill();
    }

    long pid() {
        return process.pid();
    }

    /** Stops it in order, with SIGTERM; kills it if that takes longer than 15 s. */
    void stop() {
        if (process == null) {
            return;
        }
        process.destroy();
        if (!awaitExit()) {
            kill();
        }
    }

    private boolean awaitExit() {
        try {
            return process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return true;
        }
    }
}
