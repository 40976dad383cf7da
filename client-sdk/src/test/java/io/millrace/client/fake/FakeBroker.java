package io.millrace.client.fake;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ChangeClusterResponse;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ClusterServiceGrpc;
import io.millrace.v1.PlannedStep;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishServiceGrpc;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc;
import io.millrace.v1.WatchClusterRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One broker of a {@link FakeCluster} on a real port; can be stopped and started again. */
public final class FakeBroker {
    private final FakeCluster cluster;
    private final int node;
    private final List<StreamObserver<ClusterMap>> watchers = new ArrayList<>();
    private final List<FakePublishStream> publishing = new ArrayList<>();
    private final List<FakeSubscription> subscriptions = new ArrayList<>();
    private Server server;
    private ScheduledExecutorService heart;
    private int port;
    private Map<FakePartition, Long> frozen;
    private ChangeClusterRequest lastChange;
    private boolean mute;
    private boolean holdsStarts;
    private boolean withholdsIds;
    private int publishStreams;
    private int subscribeStreams;

    FakeBroker(FakeCluster cluster, int node) {
        this.cluster = cluster;
        this.node = node;
    }

    /** Starts to listen, on the port of the time before if there was one. */
    public void start() throws IOException {
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                        .addService(new Watching())
                        .addService(new Publishing())
                        .addService(new Subscribing())
                        .addService(new FakeTopics(cluster))
                        .addService(cluster.group().service(this))
                        .addService(cluster.queue().service(this))
                        .maxInboundMessageSize(32 << 20)
                        .build()
                        .start();
        port = server.getPort();
        heart = Executors.newSingleThreadScheduledExecutor();
        heart.scheduleAtFixedRate(this::beat, 0, FakeCluster.HEARTBEAT_MS, TimeUnit.MILLISECONDS);
    }

    /** Breaks all connections and listens no more. */
    public void stop() {
        heart.shutdownNow();
        server.shutdownNow();
        synchronized (cluster) {
            watchers.clear();
            publishing.clear();
            subscriptions.clear();
            cluster.queue().stopped(this);
        }
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on it says nothing to anybody, as if the network had swallowed it. */
    public void mute() {
        synchronized (cluster) {
            mute = true;
        }
    }

    /** It speaks again; subscriptions whose messages were swallowed break. */
    public void unmute() {
        synchronized (cluster) {
            mute = false;
            breakSubscriptions();
        }
    }

    /** Says that it is about to close its publish streams; what comes is still taken. */
    public void goAway(int graceMs) {
        synchronized (cluster) {
            publishing.forEach(stream -> stream.goAway(graceMs));
        }
    }

    /** New subscriptions wait for their place, as if its replicas were behind. */
    public void holdStarts() {
        synchronized (cluster) {
            holdsStarts = true;
        }
    }

    /** All subscriptions start. */
    public void letStart() {
        synchronized (cluster) {
            holdsStarts = false;
            subscriptions().forEach(FakeSubscription::answerStart);
            pump();
        }
    }

    boolean holdsStarts() {
        return holdsStarts;
    }

    /** It does not answer those that ask it for a producer id. */
    public void withholdIds() {
        synchronized (cluster) {
            withholdsIds = true;
        }
    }

    boolean withholdsIds() {
        return withholdsIds;
    }

    /** Its replicas apply nothing more. */
    public void freeze() {
        synchronized (cluster) {
            frozen = new HashMap<>();
            cluster.topics()
                    .values()
                    .forEach(topic -> topic.partitions.forEach(p -> frozen.put(p, p.end())));
        }
    }

    /** Its replicas have caught up. */
    public void thaw() {
        synchronized (cluster) {
            frozen = null;
            pump();
        }
    }

    boolean isFrozen() {
        return frozen != null;
    }

    /** The end of what its replica has applied. */
    long applied(FakePartition partition) {
        return frozen == null ? partition.end() : frozen.getOrDefault(partition, 0L);
    }

    /** How many publish streams were opened. */
    public int publishStreams() {
        synchronized (cluster) {
            return publishStreams;
        }
    }

    /** How many subscriptions were opened. */
    public int subscribeStreams() {
        synchronized (cluster) {
            return subscribeStreams;
        }
    }

    /** Breaks all subscriptions. */
    public void breakSubscriptions() {
        synchronized (cluster) {
            List.copyOf(subscriptions)
                    .forEach(s -> s.fail(MillraceException.of(ErrorCode.NOT_READY, "broken")));
        }
    }

    /** The subscriptions that are open. */
    public List<FakeSubscription> subscriptions() {
        synchronized (cluster) {
            return List.copyOf(subscriptions);
        }
    }

    int node() {
        return node;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    boolean isMute() {
        return mute;
    }

    boolean leads(int shard) {
        return cluster.leader(shard) == node;
    }

    MillraceException notLeader(int shard) {
        return MillraceException.of(ErrorCode.NOT_LEADER, "not the leader of shard " + shard)
                .with(MillraceException.LEADER, cluster.broker(cluster.leader(shard)).address());
    }

    void pump() {
        List.copyOf(subscriptions).forEach(FakeSubscription::pump);
    }

    void ended(FakeSubscription subscription) {
        subscriptions.remove(subscription);
    }

    void sendMap() {
        if (!mute) {
            ClusterMap map = cluster.map();
            watchers.removeIf(
                    watcher -> {
                        try {
                            watcher.onNext(map);
                            return false;
                        } catch (RuntimeException gone) {
                            return true;
                        }
                    });
        }
    }

    private void beat() {
        synchronized (cluster) {
            sendMap();
            if (!mute) {
                List.copyOf(subscriptions).forEach(FakeSubscription::beat);
                cluster.queue().beat(this);
            }
        }
    }

    private final class Watching extends ClusterServiceGrpc.ClusterServiceImplBase {
        @Override
        public void changeCluster(
                ChangeClusterRequest request, StreamObserver<ChangeClusterResponse> out) {
            synchronized (cluster) {
                lastChange = request;
            }
            out.onNext(
                    ChangeClusterResponse.newBuilder()
                            .addSteps(
                                    PlannedStep.newBuilder()
                                            .setShard(3)
                                            .setDescription("moves")
                                            .setBytes(7))
                            .addSteps(PlannedStep.newBuilder().setDescription("forgets it"))
                            .addWarnings("careful")
                            .build());
            out.onCompleted();
        }

        @Override
        public void watchCluster(WatchClusterRequest request, StreamObserver<ClusterMap> out) {
            synchronized (cluster) {
                watchers.add(out);
                if (!mute) {
                    out.onNext(cluster.map());
                }
            }
        }
    }

    /** What the last change of the cluster asked for. */
    public ChangeClusterRequest lastChange() {
        synchronized (cluster) {
            return lastChange;
        }
    }

    private final class Publishing extends PublishServiceGrpc.PublishServiceImplBase {
        @Override
        public StreamObserver<PublishRequest> publish(StreamObserver<PublishResponse> out) {
            synchronized (cluster) {
                publishStreams++;
                FakePublishStream stream = new FakePublishStream(cluster, FakeBroker.this, out);
                publishing.add(stream);
                return stream;
            }
        }
    }

    private final class Subscribing extends SubscribeServiceGrpc.SubscribeServiceImplBase {
        @Override
        public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> out) {
            // A client may end it at any time; without this, what is sent then fails the sender.
            ((ServerCallStreamObserver<SubscribeResponse>) out).setOnCancelHandler(() -> {});
            synchronized (cluster) {
                subscribeStreams++;
                FakeSubscription subscription = new FakeSubscription(cluster, FakeBroker.this, out);
                subscriptions.add(subscription);
                return subscription;
            }
        }
    }
}
