package io.millrace.broker;

import io.millrace.broker.cluster.ClusterChanges;
import io.millrace.broker.cluster.ClusterMaps;
import io.millrace.broker.cluster.ClusterReports;
import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.cluster.LeaderDirectory;
import io.millrace.broker.cluster.LocalReports;
import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.cluster.ReportSource;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.TopicConfig;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.controller.plan.LeaderTransfer;
import io.millrace.broker.health.BrokerHealth;
import io.millrace.broker.metrics.BrokerMetrics;
import io.millrace.broker.metrics.PartitionReading;
import io.millrace.broker.metrics.ReplicaReading;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.publishing.ByteBudget;
import io.millrace.broker.publishing.ProducerIdPool;
import io.millrace.broker.publishing.PublishContext;
import io.millrace.broker.rpc.BrokerClients;
import io.millrace.broker.rpc.CallerAddress;
import io.millrace.broker.rpc.ClusterRpc;
import io.millrace.broker.rpc.ForwardedCalls;
import io.millrace.broker.rpc.PublishRpc;
import io.millrace.broker.rpc.RpcMetrics;
import io.millrace.broker.rpc.RpcServer;
import io.millrace.broker.rpc.StartGate;
import io.millrace.broker.rpc.SubscribeRpc;
import io.millrace.broker.rpc.TopicRpc;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.shard.DataShardListener;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.RetentionSweep;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.broker.subscription.SubscriptionContext;
import io.millrace.broker.subscription.SubscriptionLimits;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.broker.topics.PlacementReconciler;
import io.millrace.broker.topics.TopicAdmin;
import io.millrace.broker.topics.TopicQueries;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the broker offers to clients, and the clockwork behind it. Thread-safe. */
final class BrokerServices implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerServices.class);

    /** No topic can allow more, so no message needs to be larger. */
    private static final int MAX_BATCH_BYTES = TopicConfig.MAX_BATCH_BYTES;

    private static final int MAX_IN_FLIGHT = 8;
    private static final int MAP_HEARTBEAT_MS = 5_000;

    /** One map has all changes of this time: a large cluster's is large. */
    private static final int MAP_GAP_MS = 20;

    private static final int PLACEMENT_TICK_MS = 1_000;
    private static final int DEADLINE_TICK_MS = 100;
    private static final int HEALTH_TICK_MS = 1_000;
    private static final int GO_AWAY_GRACE_MS = 1_000;
    private static final int CLOSING_MS = 500;

    /** Less than the 3 s that the SDK waits for the answer to its hello. */
    private static final Duration PRODUCER_ID_PATIENCE = Duration.ofSeconds(2);

    private static final Duration PRODUCER_ID_GRANT_TIMEOUT = Duration.ofSeconds(10);
    private static final int PRODUCER_IDS_TICK_MS = 1_000;

    private final Controller controller;
    private final BrokerShards shards;
    private final LocalPartitions partitions;
    private final PlacementReconciler reconciler;
    private final ProducerIdPool producerIds;
    private final PublishRpc publish;
    private final SubscribeRpc subscribe;
    private final ClusterRpc cluster;
    private final BrokerGroups groups;
    private final BrokerClients brokers = new BrokerClients();
    private final StartGate gate = new StartGate();
    private final RpcServer server;
    private final BrokerMetrics metrics;
    private Set<String> topicsSeen = Set.of();

    private BrokerServices(
            BrokerConfig config,
            String clusterId,
            Controller controller,
            LeaderDirectory leaders,
            LocalReports own,
            ReportSource source,
            Consumer<LeaderTransfer> transfers,
            BrokerShards shards,
            BrokerThreads threads,
            BrokerMetrics metrics,
            Supplier<List<ReplicaReading>> replicas,
            Clock clock,
            LongSupplier nanoTime)
            throws IOException {
        this.controller = controller;
        this.shards = shards;
        this.metrics = metrics;
        Handshake handshake = new Handshake(clusterId);
        Supplier<ClusterImage> image = controller.images()::current;
        Redirects redirects = new Redirects(image, leaders, config.nodeId());
        partitions = new LocalPartitions(image, shards.local(), redirects);
        reconciler = new PlacementReconciler(controller, shards.local(), threads.control());
        producerIds =
                new ProducerIdPool(
                        controller::submit, PRODUCER_ID_PATIENCE, PRODUCER_ID_GRANT_TIMEOUT);
        publish =
                new PublishRpc(
                        new PublishContext(
                                handshake,
                                partitions,
                                producerIds,
                                controller::isProducerIdGranted,
                                new ByteBudget(
                                        config.memory().publishQueueBytes(), threads.answers()),
                                threads.timer(),
                                nanoTime,
                                MAX_BATCH_BYTES,
                                MAX_IN_FLIGHT,
                                metrics.publish()));
        SubscriptionLimits limits = BrokerOptions.subscriptions(config);
        subscribe =
                new SubscribeRpc(
                        new SubscriptionContext(
                                handshake,
                                partitions,
                                threads.reading(),
                                threads::after,
                                clock,
                                nanoTime,
                                limits,
                                metrics.subscribe()));
        shards.local().onRemoved(subscribe::replicaRemoved);
        ClusterMaps maps = new ClusterMaps(leaders, MAP_HEARTBEAT_MS);
        ClusterReports reports =
                new ClusterReports(image, maps, leaders, config.nodeId(), own, source);
        cluster =
                new ClusterRpc(
                        handshake,
                        () -> maps.draw(image.get()),
                        reports::report,
                        new ClusterChanges(controller, leaders, source, transfers),
                        send -> threads.gathered(MAP_GAP_MS, "sending the cluster map", send));
        PartitionAdmin admin =
                new PartitionAdmin(partitions, redirects, brokers, threads.reading());
        TopicAdmin topicAdmin =
                new TopicAdmin(controller, reconciler, partitions, admin, threads.reading(), clock);
        TopicRpc topics = new TopicRpc(topicAdmin, new TopicQueries(image), admin);
        groups =
                new BrokerGroups(
                        handshake,
                        controller,
                        shards,
                        partitions,
                        redirects,
                        admin,
                        topicAdmin,
                        reconciler,
                        brokers,
                        subscribe,
                        threads,
                        metrics,
                        clock,
                        nanoTime);
        watch(metrics, replicas);
        server =
                RpcServer.start(
                        config.listen().host(),
                        config.listen().clientPort(),
                        MAX_BATCH_BYTES,
                        config.limits().connections(),
                        config.limits().streamsPerConnection(),
                        List.of(
                                new RpcMetrics(metrics.rpc(), nanoTime),
                                new ForwardedCalls(),
                                new CallerAddress(),
                                gate),
                        List.of(
                                publish,
                                subscribe,
                                cluster,
                                topics,
                                groups.service(),
                                groups.queueService()));
        schedule(config, threads, limits, clock);
        controller.images().addListener(this::imageChanged);
        watchLeaders();
    }

    /**
     * Binds the client port; serves after {@link #open}.
     *
     * @throws IOException if the address cannot be had
     */
    static BrokerServices start(
            BrokerConfig config,
            String clusterId,
            Controller controller,
            LeaderDirectory leaders,
            LocalReports own,
            ReportSource source,
            Consumer<LeaderTransfer> transfers,
            BrokerShards shards,
            BrokerThreads threads,
            BrokerMetrics metrics,
            Supplier<List<ReplicaReading>> replicas,
            Clock clock,
            LongSupplier nanoTime)
            throws IOException {
        return new BrokerServices(
                config,
                clusterId,
                controller,
                leaders,
                own,
                source,
                transfers,
                shards,
                threads,
                metrics,
                replicas,
                clock,
                nanoTime);
    }

    private void schedule(
            BrokerConfig config, BrokerThreads threads, SubscriptionLimits limits, Clock clock) {
        threads.every(MAP_HEARTBEAT_MS, "map heartbeats", cluster::heartbeat);
        threads.every(
                limits.heartbeatInterval().toMillis(),
                "subscription heartbeats",
                subscribe::heartbeat);
        threads.every(PRODUCER_IDS_TICK_MS, "producer ids", this::fillProducerIds);
        threads.every(PLACEMENT_TICK_MS, "placement", reconciler::trigger);
        threads.every(
                DEADLINE_TICK_MS,
                "deadlines of waiting batches",
                () -> shards.local().dataShards().forEach(s -> s.writer().expireWaiting()));
        threads.every(
                config.partitions().retentionCheckIntervalMs(), "retention", () -> retain(clock));
    }

    /** So that publishers that come later need nobody else. */
    private void fillProducerIds() {
        if (gate.isOpen()) {
            producerIds.fill();
        }
    }

    /** Trims what has expired in the shards led here. */
    private void retain(Clock clock) {
        for (LocalShard shard : shards.local().dataShards()) {
            long term = shard.shard().leadingTerm();
            if (term != 0) {
                new RetentionSweep(shard.view(), clock)
                        .commands()
                        .forEach(command -> trim(shard, command, term));
            }
        }
    }

    private static void trim(LocalShard shard, TrimPartitions expired, long term) {
        shard.writer()
                .execute(expired, term)
                .whenComplete(
                        (done, error) -> {
                            if (error != null) {
                                LOG.warn(
                                        "expired records are still there shard={}; the next sweep"
                                                + " tries again: {}",
                                        shard.shard().id(),
                                        error.toString());
                            }
                        });
    }

    /** Clients are to hear of another leader at once, not with the next sign of life. */
    private void watchLeaders() {
        shards.local().onAdded(shard -> shard.view().addListener(new LeaderWatch()));
        shards.local().onRemoved(cluster::changed);
    }

    private final class LeaderWatch implements DataShardListener {

        @Override
        public void leaderStarted(long term) {
            cluster.changed();
            metrics.shards().leadershipChanged();
        }

        @Override
        public void leaderStopped() {
            cluster.changed();
            metrics.shards().leadershipChanged();
        }
    }

    /** Called with one image after the other. */
    private void imageChanged(ClusterImage image) {
        cluster.changed();
        reconciler.trigger();
        groups.mapChanged(image);
        Set<String> present = image.topics().keySet();
        topicsSeen.stream().filter(name -> !present.contains(name)).forEach(metrics::forgetTopic);
        topicsSeen = present;
        brokers.keepOnly(
                image.brokers().values().stream()
                        .map(BrokerImage::clientAddress)
                        .collect(Collectors.toSet()));
    }

    private void watch(BrokerMetrics to, Supplier<List<ReplicaReading>> replicas) {
        to.watchShards(shards.local()::all);
        to.watchReplicas(replicas);
        to.watchPartitions(this::readings);
        to.watchRecent(shards.recent());
        to.watchWal(() -> shards.walUsage().usedBytes(), () -> shards.walUsage().capBytes());
        to.watchDisk(shards.directory(), () -> shards.disk().reserveBytes());
    }

    private Collection<PartitionReading> readings() {
        List<PartitionReading> readings = new ArrayList<>();
        for (TopicImage topic : controller.images().current().topics().values()) {
            for (int number = 0; number < topic.partitions().size(); number++) {
                PartitionView view = partitions.find(topic.partitions().get(number));
                if (view != null) {
                    PartitionLog log = view.log();
                    readings.add(
                            new PartitionReading(
                                    topic.name(),
                                    number,
                                    log.startOffset(),
                                    log.endOffset(),
                                    log.sizeBytes(),
                                    log.segments().size()));
                }
            }
        }
        return readings;
    }

    /**
     * Other brokers have begun or ceased to lead, or to live: clients are to hear of it at once.
     */
    void leadersChanged() {
        cluster.changed();
    }

    /**
     * From now on gRPC's health service says what the broker's health does, looked at each second.
     */
    void watchHealth(BrokerHealth health, BrokerThreads threads) {
        Runnable look = () -> server.setServing(health.notReadyReasons().isEmpty());
        look.run();
        threads.every(HEALTH_TICK_MS, "health", look);
    }

    /** Takes calls from now on; those before were told to try again. */
    void open() {
        gate.open();
        fillProducerIds();
    }

    /** The port that clients connect to. */
    int clientPort() {
        return server.port();
    }

    /** Completes when the shards here hold what the map wants. */
    CompletableFuture<Void> placementSettled(Duration timeout) {
        return reconciler.await(this::isPlaced, "the placement of partitions", timeout);
    }

    private boolean isPlaced() {
        return controller.images().current().topics().values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(
                        partition -> {
                            PartitionView view = partitions.find(partition);
                            return !partitions.holds(partition.shard())
                                    || view != null
                                            && view.placementVersion()
                                                    >= partition.placementVersion();
                        });
    }

    /**
     * Tells all clients that the broker stops, answers what is in flight, and takes checkpoints.
     * Blocks, for about the grace at most.
     */
    void drain(Duration grace) {
        MillraceException stopping =
                MillraceException.of(
                        ErrorCode.NOT_READY,
                        "the broker is stopping; try again, or turn to another broker");
        server.stopAccepting();
        publish.goAway(stopping, GO_AWAY_GRACE_MS);
        subscribe.endAll(stopping);
        groups.endAll(stopping);
        cluster.endAll(stopping);
        try {
            server.awaitCalls(Math.min(GO_AWAY_GRACE_MS + CLOSING_MS, grace.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        shards.checkpointAll(grace.toMillis());
    }

    @Override
    public void close() {
        brokers.close();
        server.close();
    }
}
