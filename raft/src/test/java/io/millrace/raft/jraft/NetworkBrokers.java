package io.millrace.raft.jraft;

import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.RaftListener;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.transport.Lane;
import io.millrace.raft.transport.PeerIdentity;
import io.millrace.raft.transport.PeerListener;
import io.millrace.raft.transport.PeerNetwork;
import io.millrace.raft.transport.PeerOptions;
import io.millrace.raft.wal.WalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Three brokers with engines over write-ahead logs, and a real network between them. */
final class NetworkBrokers implements AutoCloseable {

    static final Duration ELECTION = Duration.ofSeconds(1);

    private static final WalOptions WAL = WalOptions.defaults().withSegments(4 << 20, 1, 256 << 20);
    private static final int NODES = 3;

    private final Path directory;
    private final int shards;
    private final Duration election;
    private final String clusterId = UUID.randomUUID().toString();
    private final Map<String, Wire> wires = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> ports = new ConcurrentHashMap<>();
    final Map<Integer, Broker> brokers = new TreeMap<>();
    final List<String> restartedReplicators = new CopyOnWriteArrayList<>();

    /** Where those that start next apply their entries. */
    Supplier<LineMachine> machines = LineMachine::new;

    /** One of them. */
    static final class Broker {
        final int node;
        final Map<Integer, Shard> shards = new HashMap<>();
        final Map<Integer, LineMachine> machines = new HashMap<>();
        int starts;
        PeerNetwork network;
        RaftEngine engine;

        Broker(int node) {
            this.node = node;
        }
    }

    NetworkBrokers(Path directory, int shards) throws IOException {
        this(directory, shards, ELECTION);
    }

    NetworkBrokers(Path directory, int shards, Duration election) throws IOException {
        this.directory = directory;
        this.shards = shards;
        this.election = election;
        for (int node = 1; node <= NODES; node++) {
            start(node, true);
        }
    }

    private static List<Member> founders() {
        return List.of(new Member(1, 11), new Member(2, 12), new Member(3, 13));
    }

    String group(int shard) {
        return ReplicaAddress.group(clusterId, shard);
    }

    /** What a broker's connections to another go through. */
    Wire wire(int from, int to) {
        return wires.computeIfAbsent(
                from + ">" + to,
                key -> {
                    try {
                        return new Wire(() -> ports.getOrDefault(to, 1));
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
    }

    void start(int node, boolean found) throws IOException {
        Broker broker = brokers.computeIfAbsent(node, Broker::new);
        broker.starts++;
        broker.network =
                PeerNetwork.start(
                        PeerOptions.defaults("127.0.0.1", 0),
                        to -> Optional.of("127.0.0.1:" + wire(node, to).port()),
                        peer -> Optional.empty(),
                        new PeerListener() {
                            @Override
                            public void replicatorRestarted(String group, int to) {
                                restartedReplicators.add(group + " to " + to);
                            }
                        },
                        List.of(),
                        System::nanoTime);
        ports.put(node, broker.network.port());
        broker.network.identity(
                new PeerIdentity(clusterId, node, "dir-" + node, broker.starts, broker.starts));
        Path home = directory.resolve("broker-" + node);
        RaftEngineOptions options =
                RaftEngineOptions.defaults(home, clusterId, node)
                        .withTimeouts(election, Duration.ofSeconds(5), Duration.ofSeconds(20))
                        .withMemory(32 << 20);
        broker.engine =
                RaftEngine.open(
                        options,
                        WAL,
                        new RaftListener() {},
                        broker.network,
                        System::nanoTime,
                        new SecureRandom());
        for (int shard = 0; shard < shards; shard++) {
            LineMachine machine = machines.get();
            broker.machines.put(shard, machine);
            ShardSpec spec =
                    found
                            ? ShardSpec.founder(shard, 10 + node, founders())
                            : ShardSpec.existing(shard, 10 + node);
            broker.shards.put(shard, broker.engine.start(spec, machine));
        }
    }

    /** As if it were killed, as far as the others can see: its connections break at once. */
    void stop(int node) throws IOException {
        Broker broker = brokers.get(node);
        broker.network.close();
        broker.engine.close();
        broker.engine = null;
        broker.shards.clear();
    }

    /** Nothing comes to this broker nor from it, and nobody is told. */
    void isolate(int node, boolean isolated) {
        for (int other = 1; other <= NODES; other++) {
            if (other != node) {
                wire(node, other).swallow(isolated);
                wire(other, node).swallow(isolated);
            }
        }
    }

    Broker leaderNow(int shard) {
        Broker leader = null;
        for (Broker broker : brokers.values()) {
            Shard replica = broker.shards.get(shard);
            if (replica != null && replica.leadingTerm() > 0) {
                if (leader == null
                        || replica.leadingTerm() > leader.shards.get(shard).leadingTerm()) {
                    leader = broker;
                }
            }
        }
        return leader;
    }

    Broker leader(int shard) {
        return await().atMost(30, TimeUnit.SECONDS)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .until(() -> leaderNow(shard), leader -> leader != null);
    }

    void write(int shard, String line) {
        await().atMost(30, TimeUnit.SECONDS)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .until(
                        () -> Bench.propose(leader(shard).shards.get(shard), line),
                        "applied"::equals);
    }

    /** Waits until all that run have applied the same. */
    void awaitAgreement(int shard, int lines) {
        await().atMost(30, TimeUnit.SECONDS)
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(
                        () -> {
                            List<List<String>> all = new ArrayList<>();
                            for (Broker broker : brokers.values()) {
                                if (broker.engine != null) {
                                    all.add(broker.machines.get(shard).lines);
                                }
                            }
                            return all.get(0).size() >= lines
                                    && all.stream().distinct().count() == 1;
                        });
    }

    static void awaitUp(PeerNetwork network, int node) {
        await().atMost(10, TimeUnit.SECONDS).until(() -> network.isReachable(node));
    }

    long requests(int from, int to, Lane lane) {
        return brokers.get(from).network.traffic().stream()
                .filter(each -> each.nodeId() == to && each.lane() == lane)
                .mapToLong(each -> each.requests())
                .sum();
    }

    @Override
    public void close() throws IOException {
        for (Broker broker : brokers.values()) {
            if (broker.engine != null) {
                broker.engine.close();
                broker.network.close();
            }
        }
        for (Wire wire : wires.values()) {
            wire.close();
        }
    }
}
