package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A broker in a process of its own, to be killed, paused and started again at the same address. For
 * one thread at a time, but for {@link #kill} and {@link #isAlive}.
 */
public final class BrokerProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 45;
    private static final int LOG_TAIL_LINES = 200;

    private final String address;
    private final Path log;
    private volatile Process process;
    private CompletableFuture<String> ready;

    /**
     * A broker that does not run yet.
     *
     * @param address where it is to serve, host:port
     * @param log the file that its log is added to
     */
    public BrokerProcess(String address, Path log) {
        this.address = address;
        this.log = log;
    }

    /**
     * Starts it and returns at once.
     *
     * @param environment what is added to the environment of the tests
     */
    public void launch(List<String> command, Map<String, String> environment) throws IOException {
        Files.createDirectories(log.getParent());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process started = builder.start();
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread reader = new Thread(() -> readOutput(started, line), "broker-output");
        reader.setDaemon(true);
        reader.start();
        process = started;
        ready = line;
    }

    /** Waits until it serves; kills it if that takes longer. */
    public void awaitReady(Duration patience) throws IOException, InterruptedException {
        try {
            String served = ready.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!served.equals(address)) {
                throw new IOException("it serves at " + served + " and not at " + address);
            }
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new IOException("the broker did not start; its log:\n" + logTail(), e);
        }
    }

    /** Whether it has said that it serves. */
    public boolean isReady() {
        return isAlive() && ready.isDone() && !ready.isCompletedExceptionally();
    }

    /** Where it serves, host:port; the same over restarts. */
    public String address() {
        return address;
    }

    /** Its process id; another one after each start. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process lives. */
    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** Kills it with SIGKILL and waits until it is gone. */
    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Tells it to stop by SIGTERM, and waits at most 45 s until it has. */
    public boolean stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits for it to end by itself; its exit code. */
    public int awaitExit(Duration patience) throws IOException, InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("it still runs after " + patience + "; its log:\n" + logTail());
        }
        return process.exitValue();
    }

    /** Freezes it with SIGSTOP: it keeps its connections and says nothing any more. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on with SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        if (kill.waitFor() != 0 && isAlive()) {
            throw new IOException("kill -" + name + " " + pid() + " failed");
        }
    }

    /** What it has logged in all its lives. */
    public String log() throws IOException {
        return Files.exists(log) ? new String(Files.readAllBytes(log), UTF_8) : "";
    }

    /** The end of its log. */
    public String logTail() throws IOException {
        List<String> lines = log().lines().toList();
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }

    /** Stops it in order, by SIGTERM; kills it if that takes too long. Idempotent. */
    @Override
    public void close() {
        if (process == null) {
            return;
        }
        try {
            if (!stop()) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    /** Reads to the end, so that the broker never blocks on a full pipe. */
    private static void readOutput(Process process, CompletableFuture<String> ready) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("ready ")) {
                    ready.complete(line.substring("ready ".length()).strip());
                }
            }
            ready.completeExceptionally(new IOException("it ended before it was ready"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }
}
