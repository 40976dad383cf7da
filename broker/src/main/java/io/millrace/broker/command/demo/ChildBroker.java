package io.millrace.broker.command.demo;

import io.millrace.cli.CommandException;
import io.millrace.cli.Main;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A broker in a process of its own, to be killed. Confined to one thread, but for {@link
 * #killForGood}.
 */
final class ChildBroker implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int LOG_LINES_SHOWN = 15;

    private final Path dataDirectory;
    private final Path log;
    private volatile Process process;
    private volatile boolean doomed;
    private String address;

    /**
     * @param directory where its data and its log go
     */
    ChildBroker(Path directory) {
        this.dataDirectory = directory.resolve("data");
        this.log = directory.resolve("broker.log");
    }

    /**
     * Starts it, at the same port as before if it ran before, and waits until it serves.
     *
     * @return host:port
     * @throws CommandException with the end of its log if it does not come up within 60 s
     */
    String start() throws IOException {
        List<String> command = new ArrayList<>(javaCommand());
        command.addAll(
                List.of("standalone", "--data-dir", dataDirectory.toString(), "--port", "0"));
        if (address != null) {
            command.add("-c");
            command.add("listen.client-port=" + address.substring(address.lastIndexOf(':') + 1));
        }
        process =
                new ProcessBuilder(command)
                        .redirectError(Redirect.appendTo(log.toFile()))
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .start();
        if (doomed) {
            process.destroyForcibly();
            throw new CommandException("the demo was interrupted");
        }
        address = awaitReady();
        return address;
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

    private String awaitReady() throws IOException {
        CompletableFuture<String> ready = new CompletableFuture<>();
        Process started = process;
        Thread reader = new Thread(() -> readOutput(started, ready), "demo-broker-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return ready.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new CommandException("the demo's broker did not start:\n" + endOfLog(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
            throw new CommandException("interrupted while the demo's broker started", e);
        }
    }

    /** Reads to the end, so that the child never blocks on a full pipe. */
    private static void readOutput(Process process, CompletableFuture<String> ready) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("ready ")) {
                    ready.complete(line.substring("ready ".length()).trim());
                }
            }
            ready.completeExceptionally(new IOException("it ended before it was ready"));
        } catch (IOException e) {
            // The pipe breaks when the child is killed; whoever waits hears it.
            ready.completeExceptionally(e);
        }
    }

    private String endOfLog() throws IOException {
        if (!Files.exists(log)) {
            return "(its log is empty)";
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }

    /** Kills it with SIGKILL and waits until it is gone. */
    void kill() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        awaitExit();
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
    @Override
    public void close() {
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
