package io.millrace.tests.cluster;

import io.millrace.tests.processes.BrokerPort;
import io.millrace.tests.processes.BrokerProcess;
import io.millrace.tests.processes.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One broker of a {@link TestCluster}. It keeps its ports and directory over restarts. */
public final class ClusterBroker {

    /** Many JVMs start at once on few cores. */
    static final Duration START = Duration.ofSeconds(120);

    private final int node;
    private final Path config;
    private final int clientPort = BrokerPort.free();
    private final int peerPort = BrokerPort.free();
    private final int proxyPort = BrokerPort.free();
    private final BrokerProcess process;
    private final List<String> settings = new ArrayList<>();
    private final List<Path> shadows = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path dataDir;
    private boolean paused;

    ClusterBroker(int node, Path config, Path directory) throws IOException {
        this.node = node;
        this.config = config;
        this.dataDir = directory.resolve("data");
        this.process =
                new BrokerProcess("127.0.0.1:" + clientPort, directory.resolve("broker.log"));
    }

    /** Its node id. */
    public int node() {
        return node;
    }

    /** Where clients reach it, host:port. */
    public String address() {
        return process.address();
    }

    /** Where other brokers reach it: the proxy before its peer port. */
    public String peerAddress() {
        return "127.0.0.1:" + proxyPort;
    }

    /** Its peer port itself. */
    public int peerPort() {
        return peerPort;
    }

    int proxyPort() {
        return proxyPort;
    }

    /** Its data directory. */
    public Path dataDir() {
        return dataDir;
    }

    /** Its process. */
    public BrokerProcess process() {
        return process;
    }

    /** A setting of this broker alone, from its next start on. */
    public ClusterBroker set(String key, String value) {
        settings.add("-c");
        settings.add(key + "=" + value);
        return this;
    }

    /** Moves its data elsewhere, from its next start on. */
    public ClusterBroker dataIn(Path directory) {
        dataDir = directory;
        return this;
    }

    /** Runs it with some classes that are not those under test, from its next start on. */
    public ClusterBroker sabotagedBy(Path classes) {
        shadows.add(classes);
        return this;
    }

    /** A variable of its environment, from its next start on. */
    public ClusterBroker environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Starts it and returns at once. */
    public void launch() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("broker", "--config", config.toString()));
        Map<String, String> own = new LinkedHashMap<>();
        own.put("node-id", Integer.toString(node));
        own.put("data-dir", dataDir.toString());
        own.put("listen.client-port", Integer.toString(clientPort));
        own.put("listen.peer-port", Integer.toString(peerPort));
        own.put("listen.http-port", "0");
        own.put("listen.advertised-peer-address", peerAddress());
        own.forEach((key, value) -> arguments.addAll(List.of("-c", key + "=" + value)));
        arguments.addAll(settings);
        paused = false;
        process.launch(JavaCommand.millrace(shadows, arguments), environment);
    }

    /** Starts it and waits until it serves. */
    public void start() throws IOException, InterruptedException {
        launch();
        process.awaitReady(START);
    }

    /** Kills it with SIGKILL. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** Stops it in order. */
    public void stop() throws IOException, InterruptedException {
        if (!process.stop()) {
            throw new IOException("node " + node + " does not stop; " + process.logTail());
        }
    }

    /** Freezes it. */
    public void pause() throws IOException, InterruptedException {
        process.pause();
        paused = true;
    }

    /** Lets it go on. */
    public void resume() throws IOException, InterruptedException {
        process.resume();
        paused = false;
    }

    /** Whether it runs and is not frozen. */
    public boolean isRunning() {
        return process.isAlive() && !paused;
    }

    /** Whether it runs, frozen. */
    public boolean isPaused() {
        return process.isAlive() && paused;
    }

    /** Deletes its data. It must not run. */
    public void wipe() throws IOException {
        if (process.isAlive()) {
            throw new IllegalStateException("node " + node + " runs; stop it before wiping it");
        }
        delete(dataDir);
    }

    static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }

    @Override
    public String toString() {
        return "node " + node;
    }
}
