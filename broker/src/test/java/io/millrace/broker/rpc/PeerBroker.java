package io.millrace.broker.rpc;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.millrace.broker.cluster.AddressBook;
import io.millrace.broker.cluster.Attendance;
import io.millrace.broker.cluster.Attendees;
import io.millrace.broker.cluster.BrokerWatch;
import io.millrace.broker.cluster.Forwarding;
import io.millrace.broker.cluster.Greeter;
import io.millrace.broker.cluster.Introduction;
import io.millrace.broker.cluster.LeaderSearch;
import io.millrace.broker.cluster.Leaders;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.PeerGate;
import io.millrace.broker.cluster.Peers;
import io.millrace.broker.cluster.Reporter;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImages;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.pull.PullServer;
import io.millrace.raft.Shard;
import io.millrace.v1.BrokerStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** What of a broker knows the others, put together over gRPC within the process. */
final class PeerBroker implements AutoCloseable, PeerChannels {

    static final Duration LEASE = Duration.ofSeconds(10);
    static final String CLUSTER = "c1";

    final int node;
    final Introduction self;
    final ClusterImages images = new ClusterImages();
    final LocalShards shards = new LocalShards();
    final Controller controller;
    final Leaders leaders;
    final BrokerWatch watch;
    final Attendance attendance;
    final List<String> fatal = new CopyOnWriteArrayList<>();
    private final Attendees attendees;
    private final LeaderSearch search;
    private final String address;
    private final Server server;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final AddressBook addresses;

    PeerBroker(
            int node,
            String directory,
            long startCounter,
            List<String> seeds,
            ControllerGroup group,
            boolean voter,
            LongSupplier nanoTime,
            ScheduledExecutorService timer)
            throws IOException {
        this.node = node;
        address = "broker-" + node + "-" + directory + (startCounter == 1 ? "" : "-again");
        self = new Introduction(node, directory, startCounter, 77 + startCounter, seeds, "0.1.0");
        self.belongsTo(CLUSTER);
        Peers peers = new PeerCalls(this);
        leaders = new Leaders(node, shards);
        addresses = new AddressBook(node, images::current, seeds);
        search = new LeaderSearch(self, leaders, addresses, peers, nanoTime);
        controller =
                new Controller(
                        images,
                        new Forwarding(
                                node,
                                search,
                                peers,
                                timer,
                                System::nanoTime,
                                Duration.ofSeconds(3)));
        if (voter) {
            ControllerStateMachine machine = new ControllerStateMachine(images);
            Shard shard = group.join(node, machine);
            shards.addController(shard);
            controller.attach(shard, machine);
        }
        watch = new BrokerWatch(node, controller, leaders, LEASE, nanoTime);
        controller.askWhoIsGone(watch::isGone);
        PeerGate gate = new PeerGate(self, images::current);
        attendees = new Attendees(controller, watch, gate, leaders, LEASE);
        attendance =
                new Attendance(
                        self,
                        controller,
                        leaders,
                        search,
                        watch,
                        new Reporter(
                                self,
                                images::current,
                                BrokerStatus::getDefaultInstance,
                                List::of,
                                List::of,
                                () -> ""),
                        peers,
                        nanoTime,
                        fatal::add);
        PeerRpc rpc = new PeerRpc(new Greeter(self, leaders, addresses));
        rpc.serve(
                controller,
                attendees,
                watch,
                new PullServer(shard -> null),
                Runnable::run,
                request -> {});
        server =
                InProcessServerBuilder.forName(address)
                        .directExecutor()
                        .addService(rpc)
                        .build()
                        .start();
    }

    static String addressOf(int node) {
        return "broker-" + node + "-d" + node;
    }

    /** What it registers as. */
    RegisterBroker registration() {
        return new RegisterBroker(
                new BrokerImage(
                        node,
                        "clients-" + node + ":1",
                        address,
                        "http-" + node + ":1",
                        "0.1.0",
                        "",
                        self.get().getDirectoryId(),
                        self.get().getStartCounter(),
                        self.get().getStartNonce(),
                        0,
                        BrokerState.JOINED),
                true); // claims what only the leader can know
    }

    void tick() {
        attendance.tick();
        attendees.tick();
    }

    int leader() {
        return search.leader();
    }

    @Override
    public Channel control(int nodeId) {
        return to(addresses.address(nodeId).orElse("nowhere"));
    }

    @Override
    public Channel bulk(int nodeId) {
        return control(nodeId);
    }

    @Override
    public Channel anonymous(String seed) {
        return to(seed);
    }

    private Channel to(String name) {
        return channels.computeIfAbsent(
                name, to -> InProcessChannelBuilder.forName(to).directExecutor().build());
    }

    @Override
    public boolean isReachable(int nodeId) {
        return true;
    }

    /** Its process dies. */
    @Override
    public void close() {
        attendance.close();
        server.shutdownNow();
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
