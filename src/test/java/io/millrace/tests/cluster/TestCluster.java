package io.millrace.tests.cluster;

import io.grpc.StatusRuntimeException;
import io.millrace.client.MillraceClient;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.ReplicaStatus;
import io.millrace.v1.ShardStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A cluster of brokers in processes of their own on the loopback address. What they say to each
 * other goes through proxies, so that any link can be cut in any direction.
 */
public final class TestCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path directory;
    private final Path config;
    private final Map<Integer, ClusterBroker> brokers = new ConcurrentSkipListMap<>();
    private final List<PeerProxy> proxies = new ArrayList<>();
    private final Links links = new Links();

    private TestCluster(Path directory, Map<String, String> settings, int seeds)
            throws IOException {
        this.directory = directory;
        this.config = directory.resolve("cluster.yaml");
        Files.createDirectories(directory);
        for (int node = 1; node <= seeds; node++) {
            add(node);
        }
        String list =
                brokers.values().stream()
                        .map(ClusterBroker::peerAddress)
                        .collect(Collectors.joining(","));
        StringBuilder yaml = new StringBuilder("cluster.seeds: \"" + list + "\"\n");
        settings.forEach((key, value) -> yaml.append(key).append(": \"" + value + "\"\n"));
        Files.writeString(config, yaml);
    }

    /** A cluster to be started later, at free ports. */
    public static TestCluster prepare(Path directory, int seeds, Map<String, String> settings)
            throws IOException {
        return new TestCluster(directory, settings, seeds);
    }

    /** Starts a cluster and waits until each shard has a leader. */
    public static TestCluster start(Path directory, int seeds, Map<String, String> settings)
            throws IOException, InterruptedException {
        TestCluster cluster = prepare(directory, seeds, settings);
        try {
            cluster.startAll();
            cluster.awaitWhole();
            return cluster;
        } catch (IOException | RuntimeException | Error e) {
            cluster.printLogs();
            cluster.close();
            throw e;
        }
    }

    /** Settings that make files small and checkpoints frequent. */
    public static Map<String, String> small() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("shards-per-broker", "1");
        settings.put("wal.segment-bytes", "16MiB");
        settings.put("wal.cap-bytes", "256MiB");
        settings.put("checkpoint.bytes", "4MiB");
        settings.put("checkpoint.interval-ms", "2000");
        settings.put("disk.reserve-bytes", "16MiB");
        settings.put("memory.publish-queue-bytes", "16MiB");
        return settings;
    }

    /** Adds a broker that is no seed; it does not run yet. */
    public ClusterBroker add(int node) throws IOException {
        ClusterBroker broker = new ClusterBroker(node, config, directory.resolve("node-" + node));
        brokers.put(node, broker);
        proxies.add(
                PeerProxy.open(node, broker.proxyPort(), broker.peerPort(), links, this::nodeOf));
        return broker;
    }

    /** Starts all that do not run, at once, and waits until they serve. */
    public void startAll() throws IOException, InterruptedException {
        List<ClusterBroker> down =
                brokers.values().stream().filter(each -> !each.process().isAlive()).toList();
        for (ClusterBroker broker : down) {
            broker.launch();
        }
        for (ClusterBroker broker : down) {
            broker.process().awaitReady(ClusterBroker.START);
        }
    }

    /** The broker with this node id. */
    public ClusterBroker broker(int node) {
        return Optional.ofNullable(brokers.get(node)).orElseThrow();
    }

    /** All brokers, by node id. */
    public List<ClusterBroker> brokers() {
        return List.copyOf(brokers.values());
    }

    /** Forgets a broker that has left, and stops it. */
    public void forget(int node) {
        broker(node).process().close();
        brokers.remove(node);
    }

    /** What brokers hear of each other. */
    public Links links() {
        return links;
    }

    /** Parts a broker from all others, in both directions. Clients still reach it. */
    public void isolate(int node) {
        for (ClusterBroker other : brokers.values()) {
            if (other.node() != node) {
                links.part(node, other.node());
            }
        }
    }

    /** Where clients reach the brokers: a list for the SDK. */
    public String servers() {
        return brokers.values().stream()
                .map(ClusterBroker::address)
                .collect(Collectors.joining(","));
    }

    /** A client of all brokers. */
    public MillraceClient client() {
        return MillraceClient.connect(servers());
    }

    /** How the cluster is, by the first running broker that knows the controller's leader. */
    public Optional<ClusterStatus> status() {
        ClusterStatus any = null;
        for (ClusterBroker broker : brokers.values()) {
            if (!broker.isRunning() || !broker.process().isReady()) {
                continue;
            }
            try {
                ClusterStatus status = ClusterControl.status(broker.address());
                if (status.getControllerLeader() != 0) {
                    return Optional.of(status);
                }
                any = status;
            } catch (StatusRuntimeException e) {
                // It is just starting or stopping: the next one may know.
            }
        }
        return Optional.ofNullable(any);
    }

    /** Waits until the cluster is as it should be; the failure shows how it was at last. */
    public ClusterStatus await(String what, Duration patience, Predicate<ClusterStatus> wanted) {
        AtomicReference<ClusterStatus> last = new AtomicReference<>();
        try {
            Awaitility.await(what)
                    .atMost(patience)
                    .pollInterval(POLL)
                    .until(
                            () -> {
                                status().ifPresent(last::set);
                                return last.get() != null && wanted.test(last.get());
                            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "%s: not within %s; the cluster is%n%s".formatted(what, patience, last.get()),
                    e);
        }
        return last.get();
    }

    /** Waits until each shard has a leader that runs. */
    public ClusterStatus awaitLeaders() {
        return await("leaders of all shards", PATIENCE, this::hasLeaders);
    }

    /** Waits until, in addition, each replica is a voter, missing nothing and hardly behind. */
    public ClusterStatus awaitWhole() {
        return awaitWhole(PATIENCE);
    }

    /** As {@link #awaitWhole()}, with another patience. */
    public ClusterStatus awaitWhole(Duration patience) {
        return await("whole replicas of all shards", patience, this::isWhole);
    }

    private boolean hasLeaders(ClusterStatus status) {
        return status.getShardsCount() > 1
                && status.getShardsList().stream()
                        .map(shard -> brokers.get(shard.getShard().getLeaderNode()))
                        .allMatch(leader -> leader != null && leader.isRunning());
    }

    private boolean isWhole(ClusterStatus status) {
        int voters = Math.min(3, brokers.size());
        return hasLeaders(status)
                && status.getShardsList().stream().allMatch(shard -> isWhole(shard, voters));
    }

    private static boolean isWhole(ShardStatus shard, int voters) {
        return shard.getReplicasCount() >= voters
                && shard.getReplicasList().stream().allMatch(TestCluster::isWhole);
    }

    private static boolean isWhole(ReplicaStatus replica) {
        return replica.getState().equals("VOTER")
                && replica.getMissingRecords() == 0
                && replica.getProblem().isEmpty()
                && replica.hasLag()
                && replica.getLag() < 10_000;
    }

    /** The node that leads a shard; while leaderships move, there may be none: it is waited for. */
    public ClusterBroker leader(int shard) {
        return awaitLeaders().getShardsList().stream()
                .map(ShardStatus::getShard)
                .filter(each -> each.getShard() == shard)
                .map(each -> brokers.get(each.getLeaderNode()))
                .findFirst()
                .orElseThrow();
    }

    private int nodeOf(int port, int proxyPort) throws IOException {
        Map<Long, Integer> nodes = new LinkedHashMap<>();
        for (ClusterBroker broker : brokers.values()) {
            if (broker.process().isAlive()) {
                nodes.put(broker.process().pid(), broker.node());
            }
        }
        ProcessHandle self = ProcessHandle.current();
        Stream.concat(Stream.of(self), self.descendants())
                .forEach(outsider -> nodes.putIfAbsent(outsider.pid(), 0));
        long owner = SocketOwner.find(port, proxyPort, List.copyOf(nodes.keySet()));
        return owner == SocketOwner.GONE ? -1 : nodes.get(owner);
    }

    /** The ends of all brokers' logs, to stderr. */
    public void printLogs() {
        for (ClusterBroker broker : brokers.values()) {
            try {
                System.err.printf("log of %s:%n%s%n", broker, broker.process().logTail());
            } catch (IOException e) {
                System.err.printf("the log of %s cannot be read: %s%n", broker, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        links.heal();
        for (PeerProxy proxy : proxies) {
            try {
                proxy.close();
            } catch (IOException e) {
                System.err.println("a proxy cannot be closed: " + e.getMessage());
            }
        }
        for (ClusterBroker broker : brokers.values()) {
            try {
                broker.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
