package io.millrace.tests.costs;

import io.millrace.broker.Broker;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A cluster in this process, so that what its threads do can be counted. */
final class InProcessBrokers implements AutoCloseable {

    private static final int START_SECONDS = 120;

    private final List<Broker> brokers = new ArrayList<>();

    private InProcessBrokers() {}

    /** Founds a cluster of so many brokers, with one data shard each, and waits until it serves. */
    static InProcessBrokers start(Path directory, int count) throws IOException {
        List<String> peers = freeAddresses(count);
        List<CompletableFuture<Broker>> starting = new ArrayList<>();
        for (int node = 1; node <= count; node++) {
            starting.add(starting(config(directory, node, peers)));
        }
        InProcessBrokers cluster = new InProcessBrokers();
        try {
            for (CompletableFuture<Broker> each : starting) {
                cluster.brokers.add(each.orTimeout(START_SECONDS, TimeUnit.SECONDS).join());
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** To be bound right after: all are held at a time, so that none comes twice. */
    private static List<String> freeAddresses(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(socket -> "127.0.0.1:" + socket.getLocalPort()).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private static BrokerConfig config(Path directory, int node, List<String> peers) {
        Map<String, String> settings = new HashMap<>();
        settings.put("data-dir", directory.resolve("node-" + node).toString());
        settings.put("listen.client-port", "0");
        settings.put("listen.peer-port", peers.get(node - 1).replaceFirst(".*:", ""));
        settings.put("listen.http-port", "0");
        settings.put("shards-per-broker", "1");
        settings.put("wal.segment-bytes", "16MiB");
        settings.put("wal.cap-bytes", "256MiB");
        settings.put("stop-grace-ms", "2s");
        if (peers.size() > 1) {
            settings.put("node-id", Integer.toString(node));
            settings.put("cluster.seeds", String.join(",", peers));
        }
        return BrokerConfig.of(settings);
    }

    /** Founders wait for each other. */
    private static CompletableFuture<Broker> starting(BrokerConfig config) {
        CompletableFuture<Broker> started = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                started.complete(Broker.start(config));
                            } catch (IOException | RuntimeException e) {
                                started.completeExceptionally(e);
                            }
                        },
                        "start of a broker");
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    MillraceClient client() {
        return MillraceClient.connect(brokers.get(0).clientAddress());
    }

    /** A counter without labels, summed over the brokers. */
    double counter(String name) throws IOException, InterruptedException {
        double sum = 0;
        for (Broker broker : brokers) {
            URI uri = URI.create("http://127.0.0.1:" + broker.httpPort() + "/metrics");
            String page =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(uri)
                                            .timeout(Duration.ofSeconds(10))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            sum +=
                    page.lines()
                            .filter(line -> line.startsWith(name + " "))
                            .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no " + name + " in " + uri));
        }
        return sum;
    }

    @Override
    public void close() {
        brokers.forEach(Broker::close);
    }
}
