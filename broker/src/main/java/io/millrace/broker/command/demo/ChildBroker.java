package io.millrace.broker.command.demo;

import io.millrace.cli.CommandException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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

    private final Path dataDirectory;
    private final JavaChild child;
    private String address;

    /**
     * @param directory where its data and its log go
     */
    ChildBroker(Path directory) {
        this.dataDirectory = directory.resolve("data");
        this.child = new JavaChild(directory.resolve("broker.log"));
    }

    /**
     * Starts it, at the same port as before if it ran before, and waits until it serves.
     *
     * @return host:port
     * @throws CommandException with the end of its log if it does not come up within 60 s
     */
    String start() throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "standalone",
                                "--data-dir",
                                dataDirectory.toString(),
                                "--port",
                                "0"));
        if (address != null) {
            arguments.add("-c");
            arguments.add("listen.client-port=" + address.substring(address.lastIndexOf(':') + 1));
        }
        address = awaitReady(child.start(arguments));
        return address;
    }

    private String awaitReady(Process started) {
        CompletableFuture<String> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> readOutput(started, ready), "demo-broker-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return ready.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new CommandException("the demo's broker did not start:\n" + child.endOfLog(), e);
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

    /** Kills it with SIGKILL and waits until it is gone. */
    void kill() {
        child.kill();
    }

    /** Kills it, and whatever is started after. Any thread may call it. */
    void killForGood() {
        child.killForGood();
    }

    long pid() {
        return child.pid();
    }

    /** Stops it in order, with SIGTERM; kills it if that takes longer than 15 s. */
    @Override
    public void close() {
        child.stop();
    }
}
