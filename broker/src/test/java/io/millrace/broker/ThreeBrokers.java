package io.millrace.broker;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.client.MillraceClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A cluster of three real brokers in this process, on loopback, with the node ids 1 to 3. */
final class ThreeBrokers implements AutoCloseable {

    private static final int START_SECONDS = 120;

    private final Path directory;
    private final List<Integer> peerPorts;
    private final Map<Integer, Broker> running = new TreeMap<>();

    private ThreeBrokers(Path directory) throws IOException {
        this.directory = directory;
        this.peerPorts = freePorts();
    }

    /** Founds a cluster in an empty directory. Blocks until all three serve. */
    static ThreeBrokers start(Path directory) throws IOException {
        ThreeBrokers brokers = new ThreeBrokers(directory);
        List<CompletableFuture<Broker>> starting =
                List.of(brokers.starting(1), brokers.starting(2), brokers.starting(3));
        try {
            for (int node = 1; node <= 3; node++) {
                Broker broker =
                        starting.get(node - 1).orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
                brokers.running.put(node, broker);
            }
            return brokers;
        } catch (RuntimeException e) {
            brokers.close();
            throw e;
        }
    }

    /** Ports to be bound right after: all are held at a time, so that none comes twice. */
    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private CompletableFuture<Broker> starting(int node) {
        CompletableFuture<Broker> started = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                started.complete(Broker.start(config(node)));
                            } catch (IOException | RuntimeException e) {
                                started.completeExceptionally(e);
                            }
                        },
                        "start of broker " + node);
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    /** Starts one again, with what is in its directory. Blocks until it serves. */
    Broker start(int node) {
        Broker broker = starting(node).orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
        running.put(node, broker);
        return broker;
    }

    Path dataDirectory(int node) {
        return directory.resolve("node-" + node);
    }

    BrokerConfig config(int node) {
        String seeds =
                String.join(",", peerPorts.stream().map(port -> "127.0.0.1:" + port).toList());
        return BrokerConfig.of(
                Map.of(
                        "node-id", Integer.toString(node),
                        "data-dir", dataDirectory(node).toString(),
                        "listen.client-port", "0",
                        "listen.peer-port", Integer.toString(peerPorts.get(node - 1)),
                        "listen.http-port", "0",
                        "cluster.seeds", seeds,
                        "shards-per-broker", "1",
                        "wal.segment-bytes", "16MiB",
                        "wal.cap-bytes", "128MiB",
                        "stop-grace-ms", "2s"));
    }

    Broker broker(int node) {
        return running.get(node);
    }

    /** Stops one in an orderly way. */
    void stop(int node) {
        running.remove(node).close();
    }

    /** A client that first turns to one of them. */
    MillraceClient client(int node) {
        return MillraceClient.connect(broker(node).clientAddress());
    }

    /** A page of a broker's HTTP port. */
    HttpResponse<String> page(int node, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + broker(node).httpPort() + path);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        running.values().forEach(Broker::close);
        running.clear();
    }
}
