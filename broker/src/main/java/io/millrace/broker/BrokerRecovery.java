package io.millrace.broker;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.RecoverCluster;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.data.DataDirectory;
import io.millrace.broker.data.RecoveryNote;
import io.millrace.broker.recovery.FoundReplica;
import io.millrace.broker.recovery.RecoveryPlan;
import io.millrace.broker.recovery.RecoveryText;
import io.millrace.broker.recovery.ShardFate;
import io.millrace.broker.wire.MalformedException;
import io.millrace.raft.RaftListener;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.jraft.RaftEngine;
import io.millrace.raft.jraft.RaftEngineOptions;
import io.millrace.raft.jraft.StoppedReplica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a broker that is stopped go on without others that are gone for good: the last resort. Holds
 * the data directory as long as it is open, so that no broker runs on it. For one thread; every
 * method may block on the disk.
 */
public final class BrokerRecovery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerRecovery.class);

    private final DataDirectory directory;
    private final RaftEngine engine;
    private final Map<Integer, StoppedReplica> replicas = new TreeMap<>();
    private final Map<Integer, String> unusable = new TreeMap<>();
    private ClusterImage image = ClusterImage.EMPTY;

    private BrokerRecovery(DataDirectory directory, RaftEngine engine) {
        this.directory = directory;
        this.engine = engine;
    }

    /**
     * Opens the data directory of a broker that is stopped, and looks at what is in it.
     *
     * @param config whose data-dir and write-ahead log settings count
     * @throws IOException if the disk fails, or a broker runs on the directory
     * @throws BrokerException if it belongs to no cluster
     */
    public static BrokerRecovery open(BrokerConfig config) throws IOException {
        SecureRandom random = new SecureRandom();
        Closers closers = new Closers();
        try {
            DataDirectory directory =
                    closers.add(
                            "data directory", DataDirectory.openExisting(config.dataDir(), random));
            if (directory.clusterId().isEmpty() || directory.mayFound()) {
                throw new BrokerException(
                        "the data directory %s belongs to no cluster yet: there is nothing to recover, start the broker"
                                .formatted(directory.path()),
                        null);
            }
            RaftEngine engine =
                    closers.add(
                            "log",
                            RaftEngine.open(
                                    RaftEngineOptions.defaults(
                                            directory.path(),
                                            directory.clusterId().get(),
                                            directory.nodeId()),
                                    BrokerOptions.wal(config),
                                    new RaftListener() {},
                                    System::nanoTime,
                                    random));
            BrokerRecovery recovery = new BrokerRecovery(directory, engine);
            recovery.look();
            return recovery;
        } catch (IOException | RuntimeException e) {
            closers.closeAll();
            throw e;
        }
    }

    private void look() throws IOException {
        Path shards = directory.shard(ShardImage.CONTROLLER).getParent();
        if (Files.isDirectory(shards)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(shards)) {
                for (Path child : children) {
                    String name = child.getFileName().toString();
                    if (name.matches("[0-9]{1,9}")) {
                        look(Integer.parseInt(name));
                    }
                }
            }
        }
        StoppedReplica controller = replicas.get(ShardImage.CONTROLLER);
        if (controller != null) {
            ControllerStateMachine machine = new ControllerStateMachine();
            controller.replay(machine);
            machine.started();
            image = machine.images().current();
        }
    }

    private void look(int shard) throws IOException {
        try {
            replicas.put(shard, engine.stopped(shard));
        } catch (ReplicaLostException e) {
            unusable.put(shard, e.getMessage());
        }
    }

    /**
     * What is to be done.
     *
     * @param lost the brokers that are gone for good
     * @param chosen shards that are to go on here although other brokers are left with a replica
     * @throws io.millrace.broker.recovery.RecoveryRefusedException if what is asked for makes no
     *     sense
     */
    public RecoveryPlan plan(Set<Integer> lost, Set<Integer> chosen) {
        Map<Integer, FoundReplica> found = new TreeMap<>();
        replicas.forEach((shard, replica) -> found.put(shard, found(replica)));
        return RecoveryPlan.of(
                directory.clusterId().orElseThrow(),
                directory.nodeId(),
                image,
                found,
                lost,
                chosen);
    }

    private static FoundReplica found(StoppedReplica replica) {
        return new FoundReplica(
                replica.shard(),
                replica.member().replicaId(),
                replica.members().voters(),
                replica.membersBefore().voters(),
                replica.lastTerm(),
                replica.lastIndex(),
                replica.checkpointIndex());
    }

    /** A plan for people, with what may be lost by it. */
    public String text(RecoveryPlan plan) {
        return new RecoveryText(plan, image, directory.path(), unusable).toString();
    }

    /**
     * Does it. Durable on return; after a crash it may be planned and done again. The broker goes
     * on by it when it is started the next time.
     *
     * @param clock for the note that stays in the data directory
     */
    public void carryOut(RecoveryPlan plan, Clock clock) throws IOException {
        List<ShardFate> here = plan.here();
        if (here.isEmpty()) {
            return;
        }
        String told =
                "%s without brokers %s: shards %s go on here alone"
                        .formatted(
                                clock.instant(),
                                plan.lost(),
                                here.stream().map(ShardFate::shard).toList());
        directory.beginRecovery(
                new RecoveryNote(
                        told, ControllerCodec.encodeCommand(plan.command(image, false)).array()));
        for (ShardFate fate : here) {
            if (fate.shard() != ShardImage.CONTROLLER) {
                replicas.get(fate.shard()).goOnAlone(fate.newReplicaId(), List.of());
            }
        }
        // Last: the others wait for it, and the map that comes with it is right for them.
        for (ShardFate fate : here) {
            if (fate.shard() == ShardImage.CONTROLLER) {
                RecoverCluster command = plan.command(image, true);
                ByteBuffer entry = ControllerCodec.encodeCommand(command);
                replicas.get(fate.shard()).goOnAlone(fate.newReplicaId(), List.of(entry));
            }
        }
        LOG.info("recovered: {}", told);
    }

    /**
     * The map is to show what `millrace cluster recover` has done here, before anything is done by
     * it: what runs here by its log is another member than the map may name.
     */
    static void tell(DataDirectory directory, Controller controller) throws IOException {
        Optional<RecoveryNote> note = directory.recovery();
        if (note.isEmpty()) {
            return;
        }
        ControllerCommand<?> command;
        try {
            command = ControllerCodec.decodeCommand(ByteBuffer.wrap(note.get().command()));
        } catch (MalformedException e) {
            throw new BrokerException(
                    "the note of a recovery in the data directory is of another version of"
                            + " millrace; start the version that has recovered it",
                    e);
        }
        StartWaits.get(controller.submit(command), "telling the controller what was recovered");
        directory.settleRecovery();
        LOG.warn("goes on without others: {}", note.get().told());
    }

    @Override
    public void close() throws IOException {
        try {
            engine.close();
        } finally {
            directory.close();
        }
    }
}
