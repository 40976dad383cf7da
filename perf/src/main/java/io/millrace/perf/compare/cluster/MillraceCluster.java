package io.millrace.perf.compare.cluster;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.ReplicaStatus;
import io.millrace.client.admin.ShardStatus;
import io.millrace.protocol.ProductVersion;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Millrace as it is shipped: its own launcher, its defaults but the heap. */
public final class MillraceCluster extends BrokerCluster {
    /** Its name in specs. */
    public static final String NAME = "millrace";

    private static final Duration WHOLE = Duration.ofSeconds(120);
    private static final Duration REQUEST = Duration.ofSeconds(10);
    private static final int PORTS_EACH = 3;

    /** Nothing tells a client that a replica votes now. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final LongSupplier nanoTime;
    private final String heap;
    private final int firstPort;
    private final Path directory;
    private final Trio trio;

    /**
     * Prepares a cluster at free ports.
     *
     * @param launcher the program {@code millrace} of a distribution
     * @param heap of each broker, such as 1g
     * @param directory for data; made, and removed at the end
     * @param logs where the brokers' output goes
     */
    public MillraceCluster(
            Path launcher,
            String heap,
            Path directory,
            Path logs,
            Children children,
            LongSupplier nanoTime)
            throws IOException {
        this.nanoTime = nanoTime;
        this.heap = heap;
        this.firstPort = FreePorts.find(PORTS_EACH * BROKERS);
        this.directory = directory;
        Files.createDirectories(directory);
        Path config = directory.resolve("cluster.yaml");
        Files.writeString(config, "cluster.seeds: \"" + addresses(1) + "\"\n");
        List<BrokerProcess> brokers = new ArrayList<>();
        for (int node = 1; node <= BROKERS; node++) {
            String ready = "ready " + address(node, 0);
            brokers.add(
                    new BrokerProcess(
                            node,
                            command(launcher, config, node, data(node)),
                            Map.of("MILLRACE_HEAP", heap),
                            ready::equals,
                            logs.resolve("millrace-" + node + ".log"),
                            children));
        }
        this.trio = new Trio(directory, brokers);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "Millrace %s, heap %s, G1, settings at their defaults"
                .formatted(ProductVersion.CURRENT, heap);
    }

    @Override
    public void start() throws IOException, InterruptedException {
        trio.start();
        awaitWhole();
    }

    @Override
    Trio trio() {
        return trio;
    }

    /** A new disk under the old node id. */
    @Override
    public void wipe(int node) throws IOException {
        trio.wipe(node, data(node));
    }

    @Override
    public String bootstrap() {
        return addresses(0);
    }

    private List<String> command(Path launcher, Path config, int node, Path data) {
        List<String> command =
                new ArrayList<>(
                        List.of(launcher.toString(), "broker", "--config", config.toString()));
        Map.of(
                        "node-id", Integer.toString(node),
                        "data-dir", data.toString(),
                        "listen.client-port", Integer.toString(port(node, 0)),
                        "listen.peer-port", Integer.toString(port(node, 1)),
                        "listen.http-port", Integer.toString(port(node, 2)))
                .forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
        return command;
    }

    /** Serving is not enough: replicas are still being placed and promoted. */
    private void awaitWhole() throws IOException, InterruptedException {
        long deadline = nanoTime.getAsLong() + WHOLE.toNanos();
        String last = "no answer";
        try (MillraceClient client =
                MillraceClient.builder().servers(bootstrap()).requestTimeout(REQUEST).build()) {
            while (deadline - nanoTime.getAsLong() > 0) {
                try {
                    ClusterStatus status = client.admin().clusterStatus();
                    if (isWhole(status)) {
                        return;
                    }
                    last = status.shards() + " " + status.problems() + " " + status.changes();
                } catch (MillraceException e) {
                    last = e.getMessage();
                }
                trio.run(LOOK);
            }
        }
        throw new IOException(
                "the Millrace cluster is not whole after %d s: %s"
                        .formatted(WHOLE.toSeconds(), last));
    }

    static boolean isWhole(ClusterStatus status) {
        // The controller's shard and one for data at least.
        return status.healthy()
                && status.shards().size() > 1
                && status.shards().stream().allMatch(MillraceCluster::isWhole);
    }

    private static boolean isWhole(ShardStatus shard) {
        return shard.leaderNode() != 0
                && shard.replicas().size() == BROKERS
                && shard.replicas().stream().allMatch(MillraceCluster::isWhole);
    }

    private static boolean isWhole(ReplicaStatus replica) {
        return replica.state().equals("VOTER") && replica.problem().isEmpty();
    }

    private Path data(int node) {
        return directory.resolve("node-" + node);
    }

    private int port(int node, int which) {
        return firstPort + (node - 1) * PORTS_EACH + which;
    }

    private String address(int node, int which) {
        return "127.0.0.1:" + port(node, which);
    }

    private String addresses(int which) {
        return IntStream.rangeClosed(1, BROKERS)
                .mapToObj(node -> address(node, which))
                .collect(Collectors.joining(","));
    }
}
