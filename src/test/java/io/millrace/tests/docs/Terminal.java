package io.millrace.tests.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Terminals in one directory, with bash and without settings of Millrace. */
final class Terminal implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path directory;
    private final Map<String, Process> running = new HashMap<>();

    Terminal(Path directory) {
        this.directory = directory;
    }

    /**
     * How a command ended.
     *
     * @param exit its exit code
     * @param output what it wrote to stdout and stderr, line by line
     */
    record Result(int exit, List<String> output) {}

    /** Types a command and waits for its end. */
    Result run(String command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process =
                bash(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        process.getOutputStream().close();
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IOException(command + " took longer than " + TIMEOUT);
        }
        return new Result(process.exitValue(), Files.readAllLines(output, UTF_8));
    }

    /** Types a command that runs on, and waits for the first line of its stdout. */
    String start(String command) throws Exception {
        Process process = startWithoutWaiting(command);
        CompletableFuture<String> first =
                CompletableFuture.supplyAsync(() -> firstLine(process), task -> daemon(task));
        String line = first.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        return line == null ? "it ended; its log: " + log() : line;
    }

    /** Types a command that runs on; if it was typed before, once that has ended. */
    Process startWithoutWaiting(String command) throws IOException, InterruptedException {
        awaitEnd(running.get(command));
        Path log = directory.resolve("stderr.txt");
        Process process =
                bash("exec " + command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        running.put(command, process);
        return process;
    }

    /** What the commands that run on have logged. */
    String log() throws IOException {
        return Files.readString(directory.resolve("stderr.txt"), UTF_8);
    }

    private static void awaitEnd(Process process) throws InterruptedException, IOException {
        if (process != null && !process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("process " + process.pid() + " still runs");
        }
    }

    private ProcessBuilder bash(String command) {
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-c", command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        return builder;
    }

    private static String firstLine(Process process) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            return reader.readLine();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "terminal-output");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends what still runs, as Ctrl-C would. */
    @Override
    public void close() {
        running.values().forEach(Process::destroy);
        for (Process process : running.values()) {
            try {
                awaitEnd(process);
            } catch (IOException e) {
                process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
    }
}
