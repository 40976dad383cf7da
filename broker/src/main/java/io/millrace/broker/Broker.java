package io.millrace.broker;

import io.millrace.broker.cluster.FoundingDecision;
import io.millrace.broker.cluster.Introduction;
import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Registration;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.data.DataDirectory;
import io.millrace.broker.health.BrokerHealth;
import io.millrace.broker.health.Degradations;
import io.millrace.broker.http.HttpEndpoint;
import io.millrace.broker.metrics.BrokerMetrics;
import io.millrace.broker.partition.WarmUp;
import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.WriteGate;
import io.millrace.protocol.ProductVersion;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Member;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.jraft.RaftEngine;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: puts the parts together, starts and stops them. The one place where clocks and
 * randomness come from. Started and closed by one thread.
 */
public final class Broker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final Duration STEP_TIMEOUT = StartWaits.STEP_TIMEOUT;

    private final BrokerConfig config;
    private final Clock clock = Clock.systemUTC();
    private final LongSupplier nanoTime = System::nanoTime;
    private final SecureRandom random = new SecureRandom();
    private final CompletableFuture<String> fatal = new CompletableFuture<>();
    private final StartWaits waits = new StartWaits(fatal, nanoTime);
    private final Closers closers = new Closers();

    private volatile BrokerUpkeep upkeep;
    private BrokerFitness fitness;
    private BrokerServices services;
    private HttpEndpoint http;
    private volatile BrokerHealth health;

    private Broker(BrokerConfig config) {
        this.config = config;
    }

    /**
     * Starts a broker that is a cluster of its own: founds the cluster in an empty data directory,
     * or goes on with what is there. Blocks until it serves; that takes as long as the write-ahead
     * log behind the last checkpoint takes to apply.
     *
     * @throws IOException if the disk fails, or an address cannot be had
     * @throws RuntimeException with a sentence for the operator, if the configuration, the data
     *     directory or what is in it does not allow it
     */
    public static Broker start(BrokerConfig config) throws IOException {
        Broker broker = new Broker(config);
        try {
            broker.open();
            return broker;
        } catch (ReplicaLostException e) {
            broker.closers.closeAll();
            throw lost(e);
        } catch (IOException | RuntimeException e) {
            broker.closers.closeAll();
            throw e;
        }
    }

    private static BrokerException lost(ReplicaLostException e) {
        return new BrokerException(sentenceOf(e), e);
    }

    /** What to do when the only copy is lost. */
    static String sentenceOf(ReplicaLostException e) {
        return e.getMessage()
                + ". Starting it all the same could forget acknowledged records. There is no other"
                + " copy: keep the data directory as it is, check the disk, and put back what is"
                + " missing, or begin with an empty data-dir";
    }

    private void open() throws IOException {
        DataDirectory directory =
                closers.add(
                        "data directory",
                        DataDirectory.open(config.dataDir(), config.nodeId(), random));
        BrokerMetrics metrics = new BrokerMetrics(ProductVersion.CURRENT);
        BrokerThreads threads =
                closers.add(
                        "threads",
                        new BrokerThreads(
                                Math.max(2, Runtime.getRuntime().availableProcessors()), nanoTime));
        threads.reading().execute(() -> warmUp(directory));
        LocalShards local = new LocalShards();
        BrokerPeers peers =
                closers.add(
                        "peers",
                        new BrokerPeers(
                                config,
                                introductionOf(config, directory),
                                local,
                                threads,
                                metrics.peers(),
                                nanoTime,
                                this::fatal));
        String clusterId = clusterOf(directory, peers);
        peers.belongTo(
                clusterId,
                number -> viewOf(local, number),
                threads.reading(),
                request -> upkeep.handOver(request));
        WriteGate gate = new WriteGate();
        BrokerDisk disk = new BrokerDisk(config, directory.path(), gate, threads);
        ReplicaWatch watch = new ReplicaWatch(disk.space()::writeFailed, this::fatal);
        FatalListener listener =
                new FatalListener(
                        metrics.raft(),
                        gate,
                        this::fatal,
                        (shard, why) -> lost(watch, shard, why),
                        peers::leaderChanged,
                        nanoTime);
        RaftEngine engine =
                RaftEngine.open(
                        BrokerOptions.raft(config, directory, clusterId),
                        BrokerOptions.wal(config),
                        listener,
                        peers.network(),
                        nanoTime,
                        random);
        BrokerShards shards =
                closers.add(
                        "shards",
                        new BrokerShards(
                                config,
                                directory,
                                engine,
                                threads,
                                disk,
                                watch,
                                metrics.shards(),
                                peers.controller(),
                                local,
                                clock,
                                nanoTime));
        Degradations degradations =
                new Degradations(
                        local::all,
                        () -> missing(local),
                        shards::writeProblem,
                        listener::stalledNanos,
                        peers::isControllerReached);
        health = new BrokerHealth(local::all, degradations);
        metrics.watchDegradations(degradations);
        metrics.watchPeers(peers.network()::traffic);
        upkeep =
                closers.add(
                        "upkeep",
                        new BrokerUpkeep(
                                config, peers, shards, engine, threads, nanoTime, this::fatal));
        fitness = new BrokerFitness(gate, () -> listener.stalledNanos() > 0);
        startController(directory, shards, engine, peers.controller(), watch, clusterId);
        BrokerReporting reporting =
                new BrokerReporting(
                        peers, shards, upkeep, fitness, listener::stalledNanos, clock.millis());
        services =
                closers.add(
                        "services",
                        BrokerServices.start(
                                config,
                                clusterId,
                                peers.controller(),
                                peers.leaders(),
                                reporting.reports(),
                                peers::reports,
                                upkeep::transfer,
                                shards,
                                threads,
                                metrics,
                                reporting::replicas,
                                clock,
                                nanoTime));
        peers.leaders().addListener(services::leadersChanged);
        http =
                closers.add(
                        "http",
                        HttpEndpoint.start(
                                config.listen().host(),
                                config.listen().httpPort(),
                                metrics.registry(),
                                health));
        peers.attend(reporting.reporter(), threads);
        register(directory, peers);
        BrokerRecovery.tell(directory, peers.controller());
        upkeep.begin(peers.controller().images().current().version());
        waits.until(upkeep::isSettled, () -> "the replicas of this broker to be in place");
        awaitLeaders(peers.controller().images().current(), local);
        awaitPlacement();
        services.open();
        health.serving();
        services.watchHealth(health, threads);
        LOG.info(
                "serving clusterId={} nodeId={} clients={} peers={} http={} start={}",
                clusterId,
                config.nodeId(),
                clientAddress(),
                peers.address(),
                http.port(),
                directory.startCounter());
    }

    private static Map<Integer, Long> missing(LocalShards local) {
        Map<Integer, Long> missing = new TreeMap<>();
        local.dataShards()
                .forEach(each -> missing.put(each.shard().id(), each.view().missingRecords()));
        return missing;
    }

    private static DataShardView viewOf(LocalShards local, int number) {
        LocalShard shard = local.dataShard(number);
        return shard == null ? null : shard.view();
    }

    /**
     * From the first greeting on it must tell its cluster: taken for empty, together with others
     * that have lost their disks, it would have a second cluster founded over what it holds.
     */
    static Introduction introductionOf(BrokerConfig config, DataDirectory directory) {
        Introduction self =
                new Introduction(
                        config.nodeId(),
                        directory.directoryId(),
                        directory.startCounter(),
                        directory.startNonce(),
                        config.cluster().seeds(),
                        ProductVersion.CURRENT);
        directory.clusterId().ifPresent(self::belongsTo);
        return self;
    }

    /** While the shards start. Whoever publishes before it is through only waits as without it. */
    private void warmUp(DataDirectory directory) {
        try {
            WarmUp.run(directory.path().resolve("warm-up"), config.disk().reserveBytes(), nanoTime);
        } catch (IOException | RuntimeException e) {
            LOG.warn("the partition logs were not warmed up, the first publish is slower", e);
        }
    }

    /** The cluster that the data directory belongs to; of an empty one, whatever the seeds say. */
    private String clusterOf(DataDirectory directory, BrokerPeers peers) throws IOException {
        Optional<String> known = directory.clusterId();
        if (known.isPresent()) {
            Optional<String> strange = peers.strangeSeeds();
            if (strange.isPresent()) {
                throw new BrokerException("cannot start: " + strange.get(), null);
            }
            return known.get();
        }
        if (config.cluster().seeds().isEmpty()) {
            return found(directory, List.of(config.nodeId()));
        }
        FoundingDecision decision;
        try {
            decision = peers.decide();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException(e.getMessage(), e);
        }
        if (decision instanceof FoundingDecision.Found found) {
            return found(directory, found.founders());
        }
        if (decision instanceof FoundingDecision.Join join) {
            directory.join(join.clusterId());
            LOG.info("joining a cluster clusterId={}", join.clusterId());
            return join.clusterId();
        }
        throw new BrokerException(
                "cannot start: " + ((FoundingDecision.Refused) decision).reason(), null);
    }

    private static String found(DataDirectory directory, List<Integer> founders)
            throws IOException {
        String clusterId = UUID.randomUUID().toString();
        directory.found(clusterId, founders);
        LOG.info("founding a cluster clusterId={} founders={}", clusterId, founders);
        return clusterId;
    }

    /**
     * The controller's replica here is started before there is a map: the map may come from it. It
     * is created by the founder alone, and only until the cluster is formed.
     */
    private void startController(
            DataDirectory directory,
            BrokerShards shards,
            RaftEngine engine,
            Controller controller,
            ReplicaWatch watch,
            String clusterId)
            throws IOException {
        if (directory.mayFound()) {
            ShardSpec founder =
                    ShardSpec.founder(
                            ShardImage.CONTROLLER,
                            FormCluster.FIRST_REPLICA,
                            List.of(new Member(config.nodeId(), FormCluster.FIRST_REPLICA)));
            shards.prepare(founder);
            shards.start(founder);
            awaitLeading(shards.local().shard(ShardImage.CONTROLLER));
            StartWaits.get(
                    controller.submit(
                            new FormCluster(
                                    clusterId, directory.founders(), config.shardsPerBroker())),
                    "founding the cluster");
            directory.settle();
            return;
        }
        boolean alone = config.cluster().seeds().isEmpty();
        try {
            int here = engine.replicaId(ShardImage.CONTROLLER).orElse(0);
            if (here != 0 || alone) {
                int id = here == 0 ? FormCluster.FIRST_REPLICA : here;
                shards.start(ShardSpec.existing(ShardImage.CONTROLLER, id));
            }
        } catch (ReplicaLostException e) {
            if (alone) {
                throw e;
            }
            LOG.error("the controller's replica here must be rebuilt", e);
            watch.lost(ShardImage.CONTROLLER, String.valueOf(e.getMessage()));
        }
    }

    private void lost(ReplicaWatch watch, int shard, String reason) {
        watch.lost(shard, reason);
        if (upkeep != null) {
            upkeep.lost(shard, reason);
        }
    }

    private void register(DataDirectory directory, BrokerPeers peers) {
        String host = config.listen().host();
        BrokerImage broker =
                new BrokerImage(
                        config.nodeId(),
                        clientAddress(),
                        peers.address(),
                        host + ":" + http.port(),
                        ProductVersion.CURRENT,
                        config.cluster().rack(),
                        directory.directoryId(),
                        directory.startCounter(),
                        directory.startNonce(),
                        clock.millis(),
                        BrokerState.JOINED);
        try {
            new Registration(
                            peers.controller()::submit,
                            peers::strangeSeeds,
                            fatal,
                            Duration.ofMillis(config.cluster().leaseMs()),
                            nanoTime)
                    .register(broker);
        } catch (MillraceException e) {
            throw new BrokerException("cannot start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while registering the broker", e);
        }
    }

    /**
     * A shard that is here alone leads before the broker serves, however long its log takes to
     * apply. For the others' leaders it waits a while: a majority may be on its way.
     */
    private void awaitLeaders(ClusterImage image, LocalShards local) {
        for (Shard shard : local.all()) {
            if (image.shard(shard.id()).filter(one -> one.replicas().size() == 1).isPresent()) {
                awaitLeading(shard);
            }
        }
        long deadline = nanoTime.getAsLong() + STEP_TIMEOUT.toNanos();
        waits.until(
                () ->
                        local.all().stream().allMatch(Broker::hasLeader)
                                || nanoTime.getAsLong() - deadline > 0,
                () -> "the shards to have leaders");
    }

    private static boolean hasLeader(Shard shard) {
        return shard.leadingTerm() != 0
                || shard.status().role() == ShardStatus.Role.FOLLOWER
                        && shard.status().leaderNode() != 0;
    }

    /** Topics that were decided before a crash and not placed are placed before anybody asks. */
    private void awaitPlacement() {
        try {
            StartWaits.get(services.placementSettled(STEP_TIMEOUT), "placing partitions");
        } catch (BrokerException e) {
            if (fatal.isDone() || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            // A full disk keeps partitions from being made; what is there can be read all the same.
            LOG.warn("not all partitions are placed yet, serving without them: {}", e.getMessage());
        }
    }

    private void awaitLeading(Shard shard) {
        waits.until(
                () -> shard.leadingTerm() != 0,
                () -> "shard " + shard.id() + " to apply its log: " + shard.status());
    }

    private void fatal(String reason) {
        if (fatal.complete(reason)) {
            LOG.error("the broker cannot go on: {}", reason);
            if (health != null) {
                health.fatal(reason);
            }
        }
    }

    /**
     * Completes, with the reason, when the broker cannot go on: its process is to exit at once. An
     * orderly stop is of no use then, since nothing more can be made durable.
     */
    public CompletableFuture<String> fatal() {
        return fatal;
    }

    /** Where clients reach it: host:port. */
    public String clientAddress() {
        return config.listen().clientAddress(services.clientPort());
    }

    /** Where metrics and health are. */
    public int httpPort() {
        return http.port();
    }

    /**
     * Stops in order: tells clients, answers what is in flight, takes checkpoints for a fast start.
     * Blocks, for about the configured grace at most; what is not done by then is done at the next
     * start.
     */
    @Override
    public void close() {
        LOG.info("stopping");
        long begin = nanoTime.getAsLong();
        health.stopping();
        fitness.stopping();
        try {
            upkeep.leaveAll(Duration.ofMillis(config.stopGraceMs() / 2));
            LOG.info("leads nothing any more, or nobody takes over millis={}", millisSince(begin));
            services.drain(Duration.ofMillis(config.stopGraceMs()));
            LOG.info("clients are gone, checkpoints are taken millis={}", millisSince(begin));
        } finally {
            closers.closeAll();
        }
        LOG.info("stopped millis={}", millisSince(begin));
    }

    private long millisSince(long begin) {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - begin);
    }
}
