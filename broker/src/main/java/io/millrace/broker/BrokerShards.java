package io.millrace.broker;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.data.DataDirectory;
import io.millrace.broker.data.DiskReserve;
import io.millrace.broker.data.DiskSpace;
import io.millrace.broker.data.DiskState;
import io.millrace.broker.partition.ChroniclePartitionLogStore;
import io.millrace.broker.partition.PartitionLogStore;
import io.millrace.broker.shard.DataShard;
import io.millrace.broker.shard.DataShardListener;
import io.millrace.broker.shard.ShardCounters;
import io.millrace.broker.shard.ShardWriter;
import io.millrace.broker.shard.WriteGate;
import io.millrace.broker.shard.WriterLimits;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.raft.Member;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.jraft.RaftEngine;
import io.millrace.raft.wal.WalUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shard replicas of this broker, the disk they write to, and the gate that closes when it is
 * full. Started and closed by one thread.
 */
final class BrokerShards implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerShards.class);
    private static final int CONTROLLER_REPLICA = 1;

    private final BrokerConfig config;
    private final DataDirectory directory;
    private final RaftEngine engine;
    private final BrokerThreads threads;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Consumer<String> fatal;
    private final WriteGate gate;
    private final DiskSpace disk;
    private final LocalShards local = new LocalShards();
    private volatile boolean closing;
    private final List<DataShard> machines = new ArrayList<>();
    private final List<PartitionLogStore> stores = new ArrayList<>();

    BrokerShards(
            BrokerConfig config,
            DataDirectory directory,
            RaftEngine engine,
            WriteGate gate,
            BrokerThreads threads,
            Clock clock,
            LongSupplier nanoTime,
            Consumer<String> fatal)
            throws IOException {
        this.config = config;
        this.directory = directory;
        this.engine = engine;
        this.gate = gate;
        this.threads = threads;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.fatal = fatal;
        this.disk =
                new DiskSpace(
                        DiskSpace.probeOf(directory.path()),
                        DiskReserve.of(config.disk().reserveBytes()));
        disk.addListener(this::diskBecame);
        diskBecame(disk.state());
        disk.watch(threads.timer(), config.disk().checkIntervalMs());
    }

    private void diskBecame(DiskState state) {
        if (state == DiskState.FULL) {
            gate.close(ErrorCode.DISK_FULL, diskProblem());
        } else {
            gate.open(ErrorCode.DISK_FULL);
        }
    }

    private String diskProblem() {
        return "the disk of the broker's data directory has less than %,d bytes free, so it takes no"
                        .formatted(disk.reserveBytes())
                + " writes; free space, or shorten the retention of topics";
    }

    /** All replicas here. */
    LocalShards local() {
        return local;
    }

    /** Why this broker takes no writes at all; empty if it does. */
    String writeProblem() {
        return gate.problem();
    }

    Path directory() {
        return directory.path();
    }

    DiskSpace disk() {
        return disk;
    }

    WalUsage walUsage() {
        return engine.walUsage();
    }

    /** Bytes of all partition logs. */
    long logBytes() {
        return stores.stream().mapToLong(PartitionLogStore::sizeBytes).sum();
    }

    /**
     * Starts the controller, with this broker as its only voter.
     *
     * @param create whether it may be new
     */
    Controller startController(boolean create) throws IOException {
        ControllerStateMachine machine = new ControllerStateMachine();
        Shard shard =
                engine.start(
                        create
                                ? ShardSpec.founder(
                                        ShardImage.CONTROLLER,
                                        CONTROLLER_REPLICA,
                                        List.of(new Member(config.nodeId(), CONTROLLER_REPLICA)))
                                : ShardSpec.existing(ShardImage.CONTROLLER, CONTROLLER_REPLICA),
                        machine);
        local.addController(shard);
        return new Controller(shard, machine);
    }

    /**
     * Starts the data shards that have a replica here.
     *
     * @param create whether they may be new
     */
    void startDataShards(ClusterImage image, ShardCounters counters, boolean create)
            throws IOException {
        for (ShardImage shard : image.dataShards()) {
            for (ReplicaImage replica : shard.replicas()) {
                if (replica.nodeId() == config.nodeId()) {
                    start(shard, Math.toIntExact(replica.replicaId()), counters, create);
                }
            }
        }
    }

    private void start(ShardImage image, int replicaId, ShardCounters counters, boolean create)
            throws IOException {
        // Before anything is put into it: a vote file in a directory that a power cut takes away
        // would make the replica lost.
        directory.createShard(image.shard());
        PartitionLogStore store =
                ChroniclePartitionLogStore.open(
                        BrokerOptions.store(config, directory, image.shard()), nanoTime);
        stores.add(store);
        DataShard machine =
                new DataShard(image.shard(), store, BrokerOptions.producers(config), counters);
        machines.add(machine);
        machine.addListener(new Watch(image.shard()));
        Shard shard =
                engine.start(
                        create
                                ? ShardSpec.founder(image.shard(), replicaId, votersOf(image))
                                : ShardSpec.existing(image.shard(), replicaId),
                        machine);
        ShardWriter writer =
                new ShardWriter(
                        shard,
                        clock,
                        nanoTime,
                        WriterLimits.DEFAULT,
                        gate,
                        counters,
                        threads.answers());
        local.add(new LocalShard(shard, machine, writer));
    }

    private static List<Member> votersOf(ShardImage image) {
        return image.replicas().stream()
                .map(replica -> new Member(replica.nodeId(), Math.toIntExact(replica.replicaId())))
                .toList();
    }

    /** Hears what cannot be left to the shard alone. */
    private final class Watch implements DataShardListener {

        private final int shard;

        Watch(int shard) {
            this.shard = shard;
        }

        @Override
        public void applyPaused(String reason) {
            LOG.warn("shard {} applies nothing for now: {}", shard, reason);
            disk.writeFailed();
        }

        @Override
        public void applyResumed() {
            LOG.info("shard {} goes on applying", shard);
        }

        @Override
        public void failed(String reason) {
            if (closing) {
                // It was told to stop while it waited for disk space: nothing is lost by that.
                LOG.info("shard {} stopped before it had applied its log: {}", shard, reason);
                return;
            }
            fatal.accept("shard " + shard + " failed: " + reason);
        }
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

    /** Ends waits for disk space, stops the shards, then closes their logs. */
    @Override
    public void close() throws IOException {
        closing = true;
        machines.forEach(DataShard::close);
        IOException failure = null;
        try {
            engine.close();
        } catch (IOException e) {
            failure = e;
        }
        for (PartitionLogStore store : stores) {
            try {
                store.close();
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
