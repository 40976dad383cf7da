package io.millrace.broker;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.data.DataDirectory;
import io.millrace.broker.health.BrokerHealth;
import io.millrace.broker.http.HttpEndpoint;
import io.millrace.broker.metrics.BrokerMetrics;
import io.millrace.broker.partition.WarmUp;
import io.millrace.broker.shard.WriteGate;
import io.millrace.protocol.ProductVersion;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.jraft.RaftEngine;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: puts the parts together, starts and stops them. The one place where clocks and
 * randomness come from. Started and closed by one thread.
 */
public final class Broker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(30);

    private final BrokerConfig config;
    private final Clock clock = Clock.systemUTC();
    private final LongSupplier nanoTime = System::nanoTime;
    private final CompletableFuture<String> fatal = new CompletableFuture<>();
    private final Closers closers = new Closers();

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
        return new BrokerException(
                e.getMessage()
                        + ". Starting it all the same could forget acknowledged records. A single"
                        + " broker has no other copy: keep the data directory as it is, check the"
                        + " disk, and put back what is missing, or begin with an empty data-dir",
                e);
    }

    private void open() throws IOException {
        DataDirectory directory =
                closers.add(
                        "data directory",
                        DataDirectory.open(config.dataDir(), config.nodeId(), new SecureRandom()));
        String clusterId = directory.clusterId().orElse(null);
        if (clusterId == null) {
            clusterId = newClusterId();
            directory.found(clusterId, List.of(config.nodeId()));
            LOG.info("founding a cluster clusterId={}", clusterId);
        }
        BrokerMetrics metrics = new BrokerMetrics(ProductVersion.CURRENT);
        BrokerThreads threads =
                closers.add(
                        "threads",
                        new BrokerThreads(Math.max(2, Runtime.getRuntime().availableProcessors())));
        threads.reading().execute(() -> warmUp(directory));
        WriteGate gate = new WriteGate();
        FatalListener raftListener = new FatalListener(metrics.raft(), gate, this::fatal);
        RaftEngine engine =
                RaftEngine.open(
                        BrokerOptions.raft(config, directory, clusterId),
                        BrokerOptions.wal(config),
                        raftListener,
                        nanoTime,
                        new SecureRandom());
        BrokerShards shards = closers.add("shards", shards(directory, engine, gate, threads));
        Controller controller = startShards(shards, directory, clusterId, metrics);
        health = new BrokerHealth(shards.local()::all);
        if (fatal.isDone()) {
            throw new BrokerException("cannot start: " + fatal.join(), null);
        }
        services =
                closers.add(
                        "services",
                        BrokerServices.start(
                                config,
                                clusterId,
                                controller,
                                shards,
                                threads,
                                metrics,
                                clock,
                                nanoTime));
        http =
                closers.add(
                        "http",
                        HttpEndpoint.start(
                                config.listen().host(),
                                config.listen().httpPort(),
                                metrics.registry(),
                                health));
        register(controller, directory);
        directory.settle();
        awaitPlacement();
        health.serving();
        services.watchHealth(health, threads);
        LOG.info(
                "serving clusterId={} nodeId={} clients={} http={} start={}",
                clusterId,
                config.nodeId(),
                clientAddress(),
                http.port(),
                directory.startCounter());
    }

    /** Whoever closes the shards closes the engine; until there are any, nobody does. */
    private BrokerShards shards(
            DataDirectory directory, RaftEngine engine, WriteGate gate, BrokerThreads threads)
            throws IOException {
        try {
            return new BrokerShards(
                    config, directory, engine, gate, threads, clock, nanoTime, this::fatal);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** While the shards start. Whoever publishes before it is through only waits as without it. */
    private void warmUp(DataDirectory directory) {
        try {
            WarmUp.run(directory.path().resolve("warm-up"), config.disk().reserveBytes(), nanoTime);
        } catch (IOException | RuntimeException e) {
            LOG.warn("the partition logs were not warmed up, the first publish is slower", e);
        }
    }

    private static String newClusterId() {
        return UUID.randomUUID().toString();
    }

    private Controller startShards(
            BrokerShards shards, DataDirectory directory, String clusterId, BrokerMetrics metrics)
            throws IOException {
        boolean create = directory.mayFound();
        Controller controller = shards.startController(create);
        awaitLeading(shards.local().shard(0));
        ClusterImage image = controller.images().current();
        if (!image.formed()) {
            image =
                    get(
                            controller.submit(
                                    new FormCluster(
                                            clusterId,
                                            List.of(config.nodeId()),
                                            config.shardsPerBroker())),
                            "founding the cluster");
        }
        shards.startDataShards(image, metrics.shards(), create);
        for (Shard shard : shards.local().all()) {
            awaitLeading(shard);
        }
        reportPrepared(controller);
        return controller;
    }

    private void reportPrepared(Controller controller) {
        for (ShardImage shard : controller.images().current().dataShards()) {
            for (ReplicaImage replica : shard.in(ReplicaState.NEW)) {
                get(
                        controller.submit(
                                new ReplicaPrepared(
                                        shard.shard(), replica.nodeId(), replica.replicaId())),
                        "reporting shard " + shard.shard());
            }
        }
    }

    private void register(Controller controller, DataDirectory directory) {
        String host = config.listen().host();
        get(
                controller.submit(
                        new RegisterBroker(
                                new BrokerImage(
                                        config.nodeId(),
                                        clientAddress(),
                                        host + ":" + config.listen().peerPort(),
                                        host + ":" + http.port(),
                                        ProductVersion.CURRENT,
                                        config.cluster().rack(),
                                        directory.directoryId(),
                                        directory.startCounter(),
                                        directory.startNonce(),
                                        clock.millis(),
                                        BrokerState.ACTIVE),
                                false)),
                "registering the broker");
    }

    /** Topics that were decided before a crash and not placed are placed before anybody asks. */
    private void awaitPlacement() {
        try {
            get(services.placementSettled(STEP_TIMEOUT), "placing partitions");
        } catch (BrokerException e) {
            if (fatal.isDone() || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            // A full disk keeps partitions from being made; what is there can be read all the same.
            LOG.warn("not all partitions are placed yet, serving without them: {}", e.getMessage());
        }
    }

    private void awaitLeading(Shard shard) {
        await(
                () -> shard.leadingTerm() != 0,
                () -> "shard " + shard.id() + " to apply its log: " + shard.status());
    }

    private void await(BooleanSupplier condition, Supplier<String> what) {
        long deadline = nanoTime.getAsLong() + START_TIMEOUT.toNanos();
        long sayAt = nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean()) {
            long now = nanoTime.getAsLong();
            if (fatal.isDone()) {
                throw new BrokerException("cannot start: " + fatal.join(), null);
            }
            if (now > deadline) {
                throw new BrokerException(
                        "gave up after "
                                + START_TIMEOUT.toMinutes()
                                + " min of waiting for "
                                + what.get(),
                        null);
            }
            if (now > sayAt) {
                LOG.info("waiting for {}", what.get());
                sayAt = now + TimeUnit.SECONDS.toNanos(5);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            if (Thread.interrupted()) {
                throw new BrokerException("interrupted while waiting for " + what.get(), null);
            }
        }
    }

    private static <T> T get(CompletableFuture<T> future, String what) {
        try {
            return future.get(STEP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new BrokerException(what + " failed: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new BrokerException(
                    what + " took longer than " + STEP_TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while " + what, e);
        }
    }

    private void fatal(String reason) {
        if (fatal.complete(reason)) {
            LOG.error("the broker cannot go on and must be restarted: {}", reason);
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
        health.stopping();
        try {
            services.drain(Duration.ofMillis(config.stopGraceMs()));
        } finally {
            closers.closeAll();
        }
        LOG.info("stopped");
    }
}
