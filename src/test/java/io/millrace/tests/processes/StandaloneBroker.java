package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A one-broker cluster in a process of its own, to be killed and started again at the same address.
 * For one thread at a time, but for {@link #kill}.
 */
public final class StandaloneBroker implements AutoCloseable {

    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 45;
    private static final int LOG_TAIL_LINES = 200;

    private final Path dataDir;
    private final Path log;
    private final int port;
    private final List<String> options;
    private volatile Process process;
    private CompletableFuture<String> ready;

    private StandaloneBroker(Path dataDir, Path log, int port, List<String> options) {
        this.dataDir = dataDir;
        this.log = log;
        this.port = port;
        this.options = options;
    }

    /**
     * Starts one at free ports and waits until it serves.
     *
     * @param directory where its data and its log go
     * @param options more of the command line, such as {@code -c key=value}
     */
    public static StandaloneBroker start(Path directory, String... options)
            throws IOException, InterruptedException {
        return start(directory.resolve("data"), directory.resolve("broker.log"), options);
    }

    /**
     * Starts one at free ports and waits until it serves.
     *
     * @param dataDir where its data goes
     * @param log the file that its log is added to
     * @param options more of the command line, such as {@code -c key=value}
     */
    public static StandaloneBroker start(Path dataDir, Path log, String... options)
            throws IOException, InterruptedException {
        Files.createDirectories(log.getParent());
        StandaloneBroker broker =
                new StandaloneBroker(dataDir, log, BrokerPort.free(), List.of(options));
        broker.start();
        return broker;
    }

    /** Where it serves, host:port; the same over restarts. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Its port for clients; the same over restarts. */
    public int port() {
        return port;
    }

    /** Its data directory. */
    public Path dataDir() {
        return dataDir;
    }

    /** Its process id; another one after each start. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process lives. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it with SIGKILL and waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Tells it to stop by SIGTERM, and waits at most 45 s until it has. */
    public boolean stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    }

    /** Starts it at the same address as before and waits until it serves. */
    public void start() throws IOException, InterruptedException {
        launch();
        awaitReady();
    }

    /** Starts it at the same address as before and returns at once. */
    public void launch() throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("standalone", "--data-dir", dataDir.toString(), "--port", "0"));
        arguments.addAll(List.of("-c", "listen.client-port=" + port));
        arguments.addAll(options);
        Process started =
                new ProcessBuilder(JavaCommand.millrace(arguments.toArray(String[]::new)))
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread reader = new Thread(() -> readOutput(started, line), "broker-output");
        reader.setDaemon(true);
        reader.start();
        process = started;
        ready = line;
    }

    /** Waits until it serves, after {@link #launch}. */
    public void awaitReady() throws IOException, InterruptedException {
        try {
            String address = ready.get(START_SECONDS, TimeUnit.SECONDS);
            if (!address.equals(address())) {
                throw new IOException("it serves at " + address + " and not at " + address());
            }
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new IOException("the broker did not start; its log:\n" + logTail(), e);
        }
    }

    /** What it has logged in all its lives. */
    public String log() throws IOException {
        return new String(Files.readAllBytes(log), UTF_8);
    }

    /** The end of its log. */
    String logTail() throws IOException {
        List<String> lines = log().lines().toList();
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }

    /** Stops it in order, by SIGTERM; kills it if that takes too long. Idempotent. */
    @Override
    public void close() {
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
