package io.millrace.tests.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A one-broker cluster in a process of its own, to be killed and started again at the same address.
 * For one thread at a time, but for {@link #kill}.
 */
public final class StandaloneBroker implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    private final Path dataDir;
    private final int port;
    private final List<String> options;
    private final List<Path> shadows;
    private final BrokerProcess process;

    private StandaloneBroker(
            Path dataDir, Path log, int port, List<Path> shadows, List<String> options) {
        this.dataDir = dataDir;
        this.shadows = shadows;
        this.port = port;
        this.options = options;
        this.process = new BrokerProcess("127.0.0.1:" + port, log);
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
        return start(dataDir, log, List.of(), List.of(options));
    }

    /**
     * Starts one that is broken on purpose.
     *
     * @param classes where classes are found that replace those under test
     */
    public static StandaloneBroker startSabotaged(
            Path dataDir, Path log, Path classes, String... options)
            throws IOException, InterruptedException {
        return start(dataDir, log, List.of(classes), List.of(options));
    }

    private static StandaloneBroker start(
            Path dataDir, Path log, List<Path> shadows, List<String> options)
            throws IOException, InterruptedException {
        Files.createDirectories(log.getParent());
        StandaloneBroker broker =
                new StandaloneBroker(dataDir, log, BrokerPort.free(), shadows, options);
        broker.start();
        return broker;
    }

    /** Where it serves, host:port; the same over restarts. */
    public String address() {
        return process.address();
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
        process.kill();
    }

    /** Tells it to stop by SIGTERM, and waits at most 45 s until it has. */
    public boolean stop() throws InterruptedException {
        return process.stop();
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
        process.launch(JavaCommand.millrace(shadows, arguments), Map.of());
    }

    /** Waits until it serves, after {@link #launch}. */
    public void awaitReady() throws IOException, InterruptedException {
        process.awaitReady(START);
    }

    /** What it has logged in all its lives. */
    public String log() throws IOException {
        return process.log();
    }

    /** The end of its log. */
    String logTail() throws IOException {
        return process.logTail();
    }

    /** Stops it in order, by SIGTERM; kills it if that takes too long. Idempotent. */
    @Override
    public void close() {
        process.close();
    }
}
