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

/** A one-broker cluster in a process of its own, to be killed and started again. */
public final class StandaloneBroker implements AutoCloseable {

    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 30;

    private final Path directory;
    private final List<String> options;
    private final Path log;
    private Process process;
    private String address;

    private StandaloneBroker(Path directory, List<String> options) {
        this.directory = directory;
        this.options = options;
        this.log = directory.resolve("broker.log");
    }

    /**
     * Starts one at free ports and waits until it serves.
     *
     * @param directory where its data and its log go
     * @param options more of the command line, such as {@code -c key=value}
     */
    public static StandaloneBroker start(Path directory, String... options)
            throws IOException, InterruptedException {
        StandaloneBroker broker = new StandaloneBroker(directory, List.of(options));
        broker.start();
        return broker;
    }

    /** Where it serves, host:port. */
    public String address() {
        return address;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Kills it with SIGKILL and waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it at the same address as before and waits until it serves. */
    public void start() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("standalone", "--data-dir", directory.resolve("data").toString()));
        arguments.addAll(List.of("--port", "0"));
        if (address != null) {
            String port = address.substring(address.lastIndexOf(':') + 1);
            arguments.addAll(List.of("-c", "listen.client-port=" + port));
        }
        arguments.addAll(options);
        process =
                new ProcessBuilder(JavaCommand.millrace(arguments.toArray(String[]::new)))
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        CompletableFuture<String> ready = new CompletableFuture<>();
        Process started = process;
        Thread reader = new Thread(() -> readOutput(started, ready), "broker-output");
        reader.setDaemon(true);
        reader.start();
        try {
            address = ready.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new IOException("the broker did not start; its log:\n" + log(), e);
        }
    }

    /** Tells it to stop by SIGTERM, and waits at most 30 s until it has. */
    public boolean stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    }

    /** What it has logged in all its lives. */
    public String log() throws IOException {
        return Files.readString(log, UTF_8);
    }

    /** Stops it in order, by SIGTERM; kills it if that takes too long. */
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
