package io.millrace.tests.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A directory in which somebody types commands, with bash and without settings of Millrace. */
final class Terminal implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path directory;
    private final Deque<Process> running = new ArrayDeque<>();

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
        awaitEnd();
        Path log = directory.resolve("stderr.txt");
        Process process =
                bash("exec " + command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        running.push(process);
        CompletableFuture<String> first =
                CompletableFuture.supplyAsync(() -> firstLine(process), task -> daemon(task));
        String line = first.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        return line == null ? "it ended; its log: " + Files.readString(log, UTF_8) : line;
    }

    /** Waits until what was started has ended. */
    private void awaitEnd() throws InterruptedException, IOException {
        for (Process process : running) {
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("process " + process.pid() + " still runs");
            }
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
        for (Process process : running) {
            process.destroy();
            try {
                awaitEnd();
            } catch (IOException e) {
                process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
    }
}
