package io.millrace.broker;

import io.millrace.broker.cluster.AddressBook;
import io.millrace.broker.cluster.Attendance;
import io.millrace.broker.cluster.Attendees;
import io.millrace.broker.cluster.BrokerWatch;
import io.millrace.broker.cluster.Forwarding;
import io.millrace.broker.cluster.Founding;
import io.millrace.broker.cluster.FoundingDecision;
import io.millrace.broker.cluster.Greeter;
import io.millrace.broker.cluster.Introduction;
import io.millrace.broker.cluster.LeaderSearch;
import io.millrace.broker.cluster.Leaders;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.PeerGate;
import io.millrace.broker.cluster.PeerVerdict;
import io.millrace.broker.cluster.Peers;
import io.millrace.broker.cluster.Reporter;
import io.millrace.broker.cluster.SeedCheck;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.controller.ClusterImages;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.pull.PullServer;
import io.millrace.broker.rpc.NetworkChannels;
import io.millrace.broker.rpc.PeerCalls;
import io.millrace.broker.rpc.PeerRpc;
import io.millrace.broker.rpc.PullCalls;
import io.millrace.broker.shard.DataShardView;
import io.millrace.raft.transport.Lane;
import io.millrace.raft.transport.PeerGuard;
import io.millrace.raft.transport.PeerIdentity;
import io.millrace.raft.transport.PeerListener;
import io.millrace.raft.transport.PeerNetwork;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.HandOverRequest;
import io.millrace.v1.PeerIntroduction;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * This broker among the others: its peer port, whom it knows, the way to the controller's leader,
 * and what it does for the others while it is that leader. Started and closed by one thread.
 */
final class BrokerPeers implements AutoCloseable {

    /** How long a command for the controller may look for its leader. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Replicas hear of their new leaders one after the other; each look is at all of them. */
    private static final int LEADERS_GAP_MS = 5;

    private static final Duration REPORTS_DEADLINE = Duration.ofSeconds(3);

    private final BrokerConfig config;
    private final Introduction self;
    private final LongSupplier nanoTime;
    private final Consumer<String> fatal;
    private final ClusterImages images = new ClusterImages();
    private final AddressBook addresses;
    private final Leaders leaders;
    private final PeerRpc rpc;
    private final PeerNetwork network;
    private final NetworkChannels channels;
    private final Peers calls;
    private final LeaderSearch search;
    private final Controller controller;
    private final BrokerWatch watch;
    private final Attendees attendees;
    private final Runnable leadersSoon;
    private volatile Attendance attendance;

    /**
     * Binds the peer port; nothing but greetings is answered yet.
     *
     * @throws IOException if the address cannot be had
     */
    BrokerPeers(
            BrokerConfig config,
            Introduction self,
            LocalShards shards,
            BrokerThreads threads,
            PeerListener listener,
            LongSupplier nanoTime,
            Consumer<String> fatal)
            throws IOException {
        this.config = config;
        this.self = self;
        this.nanoTime = nanoTime;
        this.fatal = fatal;
        Duration lease = Duration.ofMillis(config.cluster().leaseMs());
        leaders = new Leaders(config.nodeId(), shards);
        leadersSoon = threads.gathered(LEADERS_GAP_MS, "looking who leads", leaders::refresh);
        addresses = new AddressBook(config.nodeId(), images::current, config.cluster().seeds());
        PeerGate gate = new PeerGate(self, images::current);
        rpc = new PeerRpc(new Greeter(self, leaders, addresses));
        PeerVerdict verdict =
                new PeerVerdict(self, () -> images.current().brokers(), lease, nanoTime, fatal);
        network =
                PeerNetwork.start(
                        BrokerOptions.peers(config),
                        addresses::address,
                        guardBy(gate),
                        listener.and(heardBy(verdict)),
                        List.of(rpc),
                        nanoTime);
        channels = new NetworkChannels(network);
        calls = new PeerCalls(channels);
        search = new LeaderSearch(self, leaders, addresses, calls, nanoTime);
        controller =
                new Controller(
                        images,
                        new Forwarding(
                                config.nodeId(),
                                search,
                                calls,
                                threads.timer(),
                                nanoTime,
                                PATIENCE));
        watch = new BrokerWatch(config.nodeId(), controller, leaders, lease, nanoTime);
        attendees = new Attendees(controller, watch, gate, leaders, lease);
        controller.askWhoIsGone(watch::isGone);
    }

    private static PeerGuard guardBy(PeerGate gate) {
        return new PeerGuard() {
            @Override
            public Optional<String> refusal(PeerIdentity peer) {
                return gate.refusal(introductionOf(peer));
            }

            @Override
            public boolean isRegistered(PeerIdentity peer) {
                return gate.isRegistered(peer.nodeId(), peer.directoryId());
            }
        };
    }

    private static PeerListener heardBy(PeerVerdict verdict) {
        return new PeerListener() {
            @Override
            public void connected(int nodeId, Lane lane) {
                verdict.letIn(nodeId);
            }

            @Override
            public void turnedAway(int nodeId, String reason) {
                verdict.turnedAway(nodeId, reason);
            }
        };
    }

    private static PeerIntroduction introductionOf(PeerIdentity peer) {
        return PeerIntroduction.newBuilder()
                .setNodeId(peer.nodeId())
                .setClusterId(peer.clusterId())
                .setDirectoryId(peer.directoryId())
                .setStartCounter(peer.startCounter())
                .setStartNonce(peer.startNonce())
                .build();
    }

    /**
     * Waits until it is clear to which cluster an empty broker belongs. Blocks, for ever if need
     * be.
     */
    FoundingDecision decide() throws InterruptedException {
        FoundingDecision decision = new Founding(self, address(), calls, nanoTime).await();
        if (decision instanceof FoundingDecision.Join join) {
            addresses.learn(join.brokers());
        }
        return decision;
    }

    /** Why a broker that is in a cluster does not belong to its seeds. Blocks, at most 4 s. */
    Optional<String> strangeSeeds() {
        return new SeedCheck(self, address(), calls).refusal();
    }

    /**
     * From now on it talks to the brokers of its cluster; its data directory says so already.
     *
     * @param dataShard the data shard of a number; null if there is no replica here
     * @param reading reads what others pull from here
     * @param handOvers has a shard that is led here handed over
     */
    void belongTo(
            String clusterId,
            IntFunction<DataShardView> dataShard,
            Executor reading,
            Consumer<HandOverRequest> handOvers) {
        self.belongsTo(clusterId);
        PeerIntroduction me = self.get();
        network.identity(
                new PeerIdentity(
                        clusterId,
                        me.getNodeId(),
                        me.getDirectoryId(),
                        me.getStartCounter(),
                        me.getStartNonce()));
        rpc.serve(controller, attendees, watch, new PullServer(dataShard), reading, handOvers);
    }

    /** Begins to report to the controller's leader, and to lead the others while it is that. */
    void attend(Reporter reporter, BrokerThreads threads) {
        attendance =
                new Attendance(
                        self, controller, leaders, search, watch, reporter, calls, nanoTime, fatal);
        threads.every(Attendance.TICK_MS, "attending", attendance::tick);
        threads.every(Attendance.TICK_MS, "telling news", attendees::tick);
    }

    /** A replica here has another leader, or none: who waits for it is to hear of it. */
    void leaderChanged() {
        leadersSoon.run();
    }

    /** Where others reach the peer port: host:port. */
    String address() {
        return config.listen().peerAddress(network.port());
    }

    Introduction self() {
        return self;
    }

    PeerNetwork network() {
        return network;
    }

    PeerRpc rpc() {
        return rpc;
    }

    /** The way to pull records from other brokers. */
    PullCalls pulls() {
        return new PullCalls(channels);
    }

    Peers calls() {
        return calls;
    }

    /** The reports of all brokers, from the controller's leader. */
    CompletableFuture<GetReportsResponse> reports() {
        if (watch.isLeading()) {
            return CompletableFuture.completedFuture(watch.reports());
        }
        int leader = search.leader();
        return leader == 0 || leader == config.nodeId()
                ? CompletableFuture.failedFuture(controller.notLeader())
                : calls.reports(leader, REPORTS_DEADLINE);
    }

    /** Whether this broker hears the controller's leader, or is that. */
    boolean isControllerReached() {
        return attendance != null && attendance.isInTouch();
    }

    Controller controller() {
        return controller;
    }

    Leaders leaders() {
        return leaders;
    }

    BrokerWatch watch() {
        return watch;
    }

    @Override
    public void close() {
        if (attendance != null) {
            attendance.close();
        }
        network.close();
    }
}
