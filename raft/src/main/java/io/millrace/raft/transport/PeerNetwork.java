package io.millrace.raft.transport;

import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import io.grpc.BindableService;
import io.grpc.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker's peer port, and its connections to the peer ports of the others: three to each, made
 * when first needed and made again whenever they break. All replicas of the broker share them.
 * Thread-safe; nothing blocks unless it says so.
 */
public final class PeerNetwork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PeerNetwork.class);
    private static final long TICK_MILLIS = 100;

    private final LaneThreads threads = new LaneThreads();
    private final Handshake handshake;
    private final LinkContext context;
    private final PeerGroups groups = new PeerGroups();
    private final CheckpointCall checkpoints = new CheckpointCall();
    private final MoveOnCall moveOn = new MoveOnCall();
    private final InboundLanes inbound;
    private final AnonymousChannels anonymous;
    private final FixedThreadsExecutorGroup replication;
    private final Map<Integer, PeerLinks> links = new ConcurrentHashMap<>();

    private PeerServer server;
    private volatile IntConsumer goneListener = nodeId -> {};

    private PeerNetwork(
            PeerOptions options,
            PeerAddresses addresses,
            PeerGuard guard,
            PeerListener listener,
            LongSupplier nanoTime,
            UnaryOperator<RequestHandler> around) {
        this.handshake = new Handshake(guard);
        this.context =
                new LinkContext(
                        options,
                        addresses,
                        handshake,
                        listener,
                        threads,
                        new LogLimit(nanoTime),
                        nanoTime,
                        new TickedClock(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), nanoTime),
                        this::lost,
                        this::mayBeGone);
        this.inbound = new InboundLanes(context, around.apply(new Replicas(groups)));
        this.anonymous = new AnonymousChannels(context);
        this.replication = new ReplicationExecutors(threads.pool(Lane.DATA));
    }

    /**
     * Listens on the peer port. Until {@link #identity} is called, only open methods are served and
     * nobody is connected to.
     *
     * @param services what else is served there; may block, on threads of its own
     * @param nanoTime a monotonic clock
     * @throws IOException if the address cannot be had; the message names it and the way out
     */
    public static PeerNetwork start(
            PeerOptions options,
            PeerAddresses addresses,
            PeerGuard guard,
            PeerListener listener,
            List<BindableService> services,
            LongSupplier nanoTime)
            throws IOException {
        return start(
                options, addresses, guard, listener, services, nanoTime, UnaryOperator.identity());
    }

    /**
     * @param around what handles the requests of peers, around that which does
     */
    static PeerNetwork start(
            PeerOptions options,
            PeerAddresses addresses,
            PeerGuard guard,
            PeerListener listener,
            List<BindableService> services,
            LongSupplier nanoTime,
            UnaryOperator<RequestHandler> around)
            throws IOException {
        PeerNetwork network =
                new PeerNetwork(options, addresses, guard, listener, nanoTime, around);
        List<BindableService> all = new ArrayList<>(services);
        all.add(network.inbound);
        all.add(network.checkpoints);
        all.add(network.moveOn);
        PeerDoor door = new PeerDoor(options.openMethods(), network.handshake, listener, nanoTime);
        try {
            network.server = PeerServer.start(options, network.threads, door, all);
        } catch (IOException | RuntimeException e) {
            network.threads.close();
            throw e;
        }
        network.threads.timer.scheduleWithFixedDelay(
                network::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return network;
    }

    /** The peer port. */
    public int port() {
        return server.port();
    }

    /** Says who this broker is, once it knows. */
    public void identity(PeerIdentity self) {
        handshake.identity(self);
    }

    /**
     * A lane to a peer, for calls of the broker's own: they carry its identity. They fail at once,
     * as UNAVAILABLE, while there is no connection. Not to be closed.
     */
    public Channel channel(int nodeId, Lane lane) {
        return links(nodeId).channel(lane);
    }

    /**
     * A connection to whoever listens at an address, for open methods. Not to be closed; it goes
     * when it is not used.
     *
     * @param address host:port
     * @throws IllegalArgumentException if it is no address
     */
    public Channel anonymousChannel(String address) {
        return anonymous.channel(address);
    }

    /** Who made the gRPC call that the calling thread handles; null if it is an open method. */
    public static PeerIdentity caller() {
        return PeerDoor.CALLER.get();
    }

    /**
     * Whether the control lane to a peer is up. If nobody has asked for the peer before, it is
     * being connected from now on.
     */
    public boolean isReachable(int nodeId) {
        return link(nodeId, Lane.CONTROL).isUp();
    }

    /**
     * Whether a broker's process has ended, for all that can be known from here: its machine has
     * broken the connections in both directions, and nobody listens there any more. Not so if it is
     * silent, if only its connections broke, or if its name is not found. It may have been started
     * anew a moment ago.
     */
    public boolean isGone(int nodeId) {
        PeerLinks known = links.get(nodeId);
        return known != null && known.isGone() && !handshake.connected().isConnected(nodeId);
    }

    /**
     * Has a listener called, once or more, when a broker {@link #isGone}; on a network thread, so
     * it must not block. It takes the place of the one before.
     */
    public void onGone(IntConsumer listener) {
        goneListener = listener;
    }

    /** A new way to the peers for one of jraft's nodes, over the connections that all share. */
    public RpcClient rpcClient() {
        return new PeerRpcClient(this);
    }

    /** In place of jraft's threads for what followers answer, which reject when they are busy. */
    public FixedThreadsExecutorGroup replicationExecutors() {
        return replication;
    }

    /** A read index is asked for in a group: until {@link #readEnded}, heartbeats do not wait. */
    public void readBegun(String group) {
        groups.readBegun(group);
    }

    /** A read index was answered, in whatever way. To be called once for every begin. */
    public void readEnded(String group) {
        groups.readEnded(group);
    }

    /** A leader's replication to a follower stood still and was started anew. */
    public void replicatorRestarted(String group, int nodeId) {
        context.listener().replicatorRestarted(group, nodeId);
    }

    PeerGroups groups() {
        return groups;
    }

    /** From now on, other brokers get checkpoints from there. */
    public void offerCheckpoints(CheckpointSource source) {
        checkpoints.source(source);
    }

    /**
     * Asks a peer for a piece of a checkpoint, over the bulk lane. Blocks, at most the timeout.
     *
     * @param name what the peer calls it
     * @param maxBytes 1 to 1 MiB
     * @return a piece whose checksum is right; shorter than asked for if that is all, or all that
     *     the peer gives at once
     * @throws IOException if the peer does not have it or could not be asked; asking again may help
     */
    public CheckpointChunk fetchCheckpoint(
            int nodeId, String name, long offset, int maxBytes, Duration timeout)
            throws IOException {
        return CheckpointCall.fetch(channel(nodeId, Lane.BULK), name, offset, maxBytes, timeout);
    }

    /**
     * From now on, a listener hears the numbers of shards that peers want moved on: they wait for
     * an entry, whatever it holds. It must not block; a peer may be wrong about who leads.
     */
    public void onMoveOn(IntConsumer listener) {
        moveOn.listener(listener);
    }

    /** Asks a peer to move shards on. Does not block; the peer may never hear of it. */
    public void askToMoveOn(int nodeId, List<Integer> shards) {
        MoveOnCall.ask(channel(nodeId, Lane.CONTROL), shards);
    }

    /** How the connections are; those to peers that were needed so far. */
    public List<PeerTraffic> traffic() {
        return links.values().stream().flatMap(each -> each.traffic().stream()).toList();
    }

    PeerLink link(int nodeId, Lane lane) {
        return links(nodeId).link(lane);
    }

    private PeerLinks links(int nodeId) {
        PeerLinks known = links.get(nodeId);
        return known != null
                ? known
                : links.computeIfAbsent(
                        nodeId, node -> new PeerLinks(node, context, threads.calls));
    }

    /** Where answers are taken that must not wait for data. */
    Executor callbacks() {
        return task -> {
            try {
                threads.pool(Lane.CONTROL).execute(task);
            } catch (RejectedExecutionException e) {
                // The network is closed; jraft must hear of it all the same.
                task.run();
            }
        };
    }

    private void lost(int nodeId, String reason) {
        PeerLinks lost = links.get(nodeId);
        if (lost != null) {
            lost.link(Lane.DATA).cut(reason);
            lost.link(Lane.BULK).cut(reason);
        }
    }

    private void mayBeGone(int nodeId) {
        if (isGone(nodeId)) {
            if (context.limit().allows("gone " + nodeId)) {
                LOG.info("Node {} is gone: nobody listens there any more", nodeId);
            }
            goneListener.accept(nodeId);
        }
    }

    private void tick() {
        try {
            context.running().tick();
            inbound.tick();
            links.values().forEach(PeerLinks::tick);
        } catch (RuntimeException | Error e) {
            // What is thrown from here would end the schedule without a word.
            LOG.error("The connections to peers could not be looked after", e);
        }
    }

    /** Closes the port and all connections. What is in flight fails. Blocks, at most about 2 s. */
    @Override
    public void close() {
        links.values().forEach(PeerLinks::close);
        anonymous.close();
        server.close();
        threads.close();
    }
}
