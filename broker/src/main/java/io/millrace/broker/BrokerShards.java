package io.millrace.broker;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.data.DataDirectory;
import io.millrace.broker.data.DiskSpace;
import io.millrace.broker.data.ShardTrash;
import io.millrace.broker.partition.ChroniclePartitionLogStore;
import io.millrace.broker.partition.DamagePolicy;
import io.millrace.broker.partition.PartitionLogStore;
import io.millrace.broker.partition.RecentMemory;
import io.millrace.broker.replicas.LocalReplica;
import io.millrace.broker.replicas.ReplicaHost;
import io.millrace.broker.shard.DataShard;
import io.millrace.broker.shard.ShardCounters;
import io.millrace.broker.shard.ShardWriter;
import io.millrace.broker.shard.WriterLimits;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.jraft.RaftEngine;
import io.millrace.raft.wal.WalUsage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of this broker over its one Raft engine. Changed by one thread at a time; what is
 * asked may be asked by any.
 */
final class BrokerShards implements ReplicaHost, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerShards.class);

    private final BrokerConfig config;
    private final DataDirectory directory;
    private final RaftEngine engine;
    private final BrokerThreads threads;
    private final BrokerDisk disk;
    private final ReplicaWatch watch;
    private final ShardCounters counters;
    private final Controller controller;
    private final ShardTrash trash;
    private final RecentMemory recent;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final LocalShards local;
    private final ConcurrentMap<Integer, DataReplica> running = new ConcurrentHashMap<>();
    private volatile int controllerReplica;

    BrokerShards(
            BrokerConfig config,
            DataDirectory directory,
            RaftEngine engine,
            BrokerThreads threads,
            BrokerDisk disk,
            ReplicaWatch watch,
            ShardCounters counters,
            Controller controller,
            LocalShards local,
            Clock clock,
            LongSupplier nanoTime) {
        this.config = config;
        this.directory = directory;
        this.engine = engine;
        this.threads = threads;
        this.disk = disk;
        this.watch = watch;
        this.counters = counters;
        this.controller = controller;
        this.local = local;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.recent = new RecentMemory(config.memory().recentBatchesBytes());
        this.trash = new ShardTrash(directory, threads.removing());
        trash.empty();
    }

    /** All shards that run here. */
    LocalShards local() {
        return local;
    }

    /** Why this broker takes no writes at all; empty if it does. */
    String writeProblem() {
        return disk.gate().problem();
    }

    Path directory() {
        return directory.path();
    }

    DiskSpace disk() {
        return disk.space();
    }

    WalUsage walUsage() {
        return engine.walUsage();
    }

    /** What the partition logs hold in memory for those who follow them. */
    RecentMemory recent() {
        return recent;
    }

    /** Bytes of all partition logs. */
    long logBytes() {
        return running.values().stream().mapToLong(replica -> replica.store().sizeBytes()).sum();
    }

    @Override
    public Map<Integer, LocalReplica> replicas() throws IOException {
        Map<Integer, LocalReplica> found = new TreeMap<>();
        Path shards = directory.shard(ShardImage.CONTROLLER).getParent();
        if (Files.isDirectory(shards)) {
            try (DirectoryStream<Path> children =
                    Files.newDirectoryStream(shards, BrokerShards::isReplica)) {
                for (Path child : children) {
                    int shard = Integer.parseInt(child.getFileName().toString());
                    found.put(shard, replica(shard));
                }
            }
        }
        return found;
    }

    /** What is being discarded, or put there by hand, is none. */
    private static boolean isReplica(Path directory) {
        return directory.getFileName().toString().matches("[0-9]{1,9}");
    }

    private LocalReplica replica(int shard) throws IOException {
        try {
            return new LocalReplica(
                    shard,
                    engine.replicaId(shard).orElse(0),
                    runningId(shard),
                    watch.lostReason(shard));
        } catch (ReplicaLostException e) {
            // A vote file that does not tell whose it is. The others may still have its records.
            return new LocalReplica(shard, 0, runningId(shard), String.valueOf(e.getMessage()));
        }
    }

    /** The replica id under which a shard runs here; 0: it does not. */
    int runningId(int shard) {
        if (shard == ShardImage.CONTROLLER) {
            return controllerReplica;
        }
        DataReplica replica = running.get(shard);
        return replica == null ? 0 : replica.replicaId();
    }

    @Override
    public void prepare(ShardSpec spec) throws IOException {
        // Before anything is put into it: a vote file in a directory that a power cut takes away
        // would make the replica lost.
        directory.createShard(spec.shardId());
        engine.prepare(spec);
    }

    @Override
    public void start(ShardSpec spec) throws IOException {
        if (spec.shardId() == ShardImage.CONTROLLER) {
            startController(spec);
        } else {
            startData(spec);
        }
    }

    private void startController(ShardSpec spec) throws IOException {
        ControllerStateMachine machine = new ControllerStateMachine(controller.images());
        Shard shard = engine.start(spec, machine);
        controllerReplica = spec.replicaId();
        controller.attach(shard, machine);
        local.addController(shard);
    }

    private void startData(ShardSpec spec) throws IOException {
        int number = spec.shardId();
        PartitionLogStore store =
                ChroniclePartitionLogStore.open(
                        BrokerOptions.store(config, directory, number),
                        nanoTime,
                        recent,
                        threads.removing());
        DataShard machine =
                new DataShard(
                        number,
                        store,
                        BrokerOptions.producers(config),
                        counters,
                        () -> damagePolicy(number));
        machine.addListener(watch.of(number));
        Shard shard;
        try {
            shard = engine.start(spec, machine);
        } catch (IOException | RuntimeException e) {
            machine.close();
            store.close();
            throw e;
        }
        ShardWriter writer =
                new ShardWriter(
                        shard,
                        clock,
                        nanoTime,
                        WriterLimits.DEFAULT,
                        disk.gate(),
                        counters,
                        threads.answers());
        LocalShard one = new LocalShard(shard, machine, writer);
        running.put(number, new DataReplica(spec.replicaId(), machine, store, one));
        local.add(one);
    }

    /** What has rotted here may be missing for a while only if others have it. */
    private DamagePolicy damagePolicy(int shard) {
        long voters =
                controller.images().current().shard(shard).stream()
                        .flatMap(image -> image.replicas().stream())
                        .filter(replica -> replica.nodeId() != config.nodeId())
                        .filter(replica -> replica.state() == ReplicaState.VOTER)
                        .count();
        return voters > 0 ? DamagePolicy.LEAVE_HOLE : DamagePolicy.REFUSE;
    }

    @Override
    public void stop(int shard) throws IOException {
        local.remove(shard);
        if (shard == ShardImage.CONTROLLER) {
            controller.detach();
            engine.stop(shard);
            controllerReplica = 0;
            return;
        }
        DataReplica replica = running.get(shard);
        if (replica != null) {
            replica.machine().close();
            engine.stop(shard);
            replica.store().close();
            running.remove(shard);
        }
    }

    @Override
    public void discard(int shard) throws IOException {
        engine.discard(shard);
        trash.take(shard);
        watch.forget(shard);
    }

    /** A shard that waits for disk space would not come to its checkpoint either. */
    private boolean isPaused(Shard shard) {
        LocalShard data = local.dataShard(shard.id());
        return data != null && !data.view().pauseReason().isEmpty();
    }

    /** Takes a checkpoint of every shard, so that the next start has little to apply. */
    void checkpointAll(long timeoutMs) {
        CompletableFuture<?>[] all =
                local.all().stream()
                        .filter(shard -> !isPaused(shard))
                        .map(Shard::checkpoint)
                        .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(all).get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            LOG.warn("a checkpoint failed; the next start has more to apply", e.getCause());
        } catch (TimeoutException e) {
            LOG.info(
                    "checkpoints take longer than {} ms; the next start has more to apply",
                    timeoutMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends waits for disk space, stops all shards, then closes their logs. */
    @Override
    public void close() throws IOException {
        watch.closing();
        running.values().forEach(replica -> replica.machine().close());
        IOException failure = null;
        try {
            engine.close();
        } catch (IOException e) {
            failure = e;
        }
        for (DataReplica replica : running.values()) {
            try {
                replica.store().close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
