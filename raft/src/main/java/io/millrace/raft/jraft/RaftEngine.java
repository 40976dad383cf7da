package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.NamedThreadFactory;
import io.millrace.raft.Member;
import io.millrace.raft.RaftListener;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardMembers;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.ShardUnavailableException;
import io.millrace.raft.StateMachine;
import io.millrace.raft.disk.ForcedFile;
import io.millrace.raft.transport.PeerNetwork;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalFailedException;
import io.millrace.raft.wal.WalOptions;
import io.millrace.raft.wal.WalUsage;
import io.millrace.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of one broker, over its one write-ahead log. Several engines may live in one process.
 * Thread-safe.
 */
public final class RaftEngine implements AutoCloseable {

    static {
        LibrarySettings.apply();
    }

    private static final Logger LOG = LoggerFactory.getLogger(RaftEngine.class);
    static final String SHARDS = "shards";
    private static final String WAL = "wal";
    private static final long BEAT_MILLIS = 100;
    private static final int INSTALL_THREADS = 2;
    private static final long RECENT_BYTES = 16 << 20;

    private final RaftEngineOptions options;
    private final Journal journal;
    private final RaftListener listener;
    private final LongSupplier nanoTime;
    private final ShardSurroundings around;
    private final ReplicaDirectories directories;
    private final RecentEntries recent;
    private final DiskWatch disk;
    private final EngineWatch watch;
    private final Map<Integer, JraftShard> shards = new ConcurrentSkipListMap<>();
    private final ExecutorService checkpointThread;

    /** They fetch checkpoints from other brokers. */
    private final ExecutorService installThreads;

    /** Not the one that writes checkpoints: the journal goes on filling while that one is busy. */
    private final ScheduledThreadPoolExecutor watchThread;

    private boolean closed;

    RaftEngine(
            RaftEngineOptions options,
            Journal journal,
            int maxEntryBytes,
            RaftListener listener,
            LongSupplier nanoTime,
            PeerLinks links) {
        this.options = options;
        this.journal = journal;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.recent = new RecentEntries(RECENT_BYTES, listener);
        this.disk = new DiskWatch(options, journal, listener, scheduler("millrace-disk-watch-"));
        this.around =
                new ShardSurroundings(
                        options,
                        links,
                        disk,
                        new MemoryBudget(options.proposalBytes()),
                        new MemoryBudget(options.receivedBytes()),
                        maxEntryBytes,
                        listener,
                        nanoTime);
        this.directories =
                new ReplicaDirectories(
                        options.directory().resolve(SHARDS), options.clusterId(), journal);
        this.watch =
                new EngineWatch(
                        options, journal, shards, disk, links, HeartbeatPace.PROCESS, nanoTime);
        this.checkpointThread =
                Executors.newSingleThreadExecutor(
                        new NamedThreadFactory("millrace-checkpoint-", true));
        this.installThreads =
                Executors.newFixedThreadPool(
                        INSTALL_THREADS, new NamedThreadFactory("millrace-install-", true));
        this.watchThread = scheduler("millrace-journal-watch-");
        watchThread.scheduleWithFixedDelay(
                watch::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
        links.onGone(this::succeed);
    }

    private static ScheduledThreadPoolExecutor scheduler(String name) {
        return new ScheduledThreadPoolExecutor(1, new NamedThreadFactory(name, true));
    }

    /**
     * The same as {@link #open(RaftEngineOptions, WalOptions, RaftListener, PeerNetwork,
     * LongSupplier, RandomGenerator)} for a broker without peers: shards have one member.
     */
    public static RaftEngine open(
            RaftEngineOptions options,
            WalOptions walOptions,
            RaftListener listener,
            LongSupplier nanoTime,
            RandomGenerator random)
            throws IOException {
        return open(options, walOptions, listener, new SoloLinks(), nanoTime, random);
    }

    /**
     * Opens the write-ahead log, and so reads it once. No shard runs yet. Blocks on the disk.
     *
     * @param peers how the shards reach their members elsewhere, and are reached; used by one
     *     engine, and to be closed after it
     * @param nanoTime a monotonic clock
     * @param random see {@link WriteAheadLog#open}
     * @throws IOException if the disk failed, or holds a later version's log
     */
    public static RaftEngine open(
            RaftEngineOptions options,
            WalOptions walOptions,
            RaftListener listener,
            PeerNetwork peers,
            LongSupplier nanoTime,
            RandomGenerator random)
            throws IOException {
        NetworkLinks links = new NetworkLinks(peers);
        RaftEngine engine = open(options, walOptions, listener, links, nanoTime, random);
        links.offer(engine);
        return engine;
    }

    private static RaftEngine open(
            RaftEngineOptions options,
            WalOptions walOptions,
            RaftListener listener,
            PeerLinks links,
            LongSupplier nanoTime,
            RandomGenerator random)
            throws IOException {
        Path directory = options.directory().resolve(WAL);
        ForcedFile.createDirectories(directory);
        WriteAheadLog log = WriteAheadLog.open(directory, walOptions, listener, nanoTime, random);
        long memoryBytes = Math.min(options.memoryBytes(), walOptions.capBytes() / 4);
        RaftEngine engine =
                new RaftEngine(
                        options.withMemory(memoryBytes),
                        Journal.of(log),
                        walOptions.maxEntryBytes(),
                        listener,
                        nanoTime,
                        links);
        try {
            engine.directories.finishDiscards();
            return engine;
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /**
     * Starts a replica. Blocks on the disk until it takes part; a shard with one voter leads soon
     * after. Restoring a checkpoint happens in this call, applying the log behind it may go on
     * after it.
     *
     * @throws ReplicaLostException if what is on the disk cannot be this replica
     * @throws IOException if the disk failed or the state machine could not restore its checkpoint
     * @throws WalFailedException if an entry of the log cannot be read
     * @throws IllegalStateException if the shard runs already, or the engine is closed
     */
    public synchronized Shard start(ShardSpec spec, StateMachine machine) throws IOException {
        ShardLog log = journal.shard(spec.shardId());
        JraftShard shard = start(spec, machine, log, openReplica(spec, log));
        shards.put(spec.shardId(), shard);
        return shard;
    }

    /**
     * Makes the files of a replica that may be new, so that it is known for ever that it was here,
     * and does not start it. Does nothing if they are there already. Blocks on the disk; durable on
     * return.
     *
     * @throws ReplicaLostException if what is on the disk cannot be this replica: also if it is
     *     another one's, which must be discarded first
     * @throws IOException if the disk failed
     * @throws IllegalStateException if the shard runs already, or the engine is closed
     */
    public synchronized void prepare(ShardSpec spec) throws IOException {
        openReplica(spec, journal.shard(spec.shardId()));
    }

    /**
     * @param log asked for first: a shard whose only records have rotted is unknown until then
     */
    private ReplicaDirectory openReplica(ShardSpec spec, ShardLog log) throws IOException {
        requireNotRunning(spec.shardId());
        directories.finishDiscard(spec.shardId());
        String lost = journal.lostShards().get(spec.shardId());
        if (lost != null) {
            throw new ReplicaLostException(spec.shardId(), "its log is lost: " + lost);
        }
        Path directory = directories.of(spec.shardId());
        return ReplicaDirectory.open(directory, options.clusterId(), spec, log, listener);
    }

    private void requireNotRunning(int shard) {
        if (closed || shards.containsKey(shard)) {
            throw new IllegalStateException(
                    closed ? "the engine is closed" : "shard " + shard + " is running already");
        }
    }

    /**
     * Stops a replica; its files stay. Every proposal is answered, and its state machine is not
     * called any more. Does nothing if the shard does not run. Blocks, at most the close timeout.
     *
     * @throws IllegalStateException if it did not stop in time; it can neither be started nor
     *     discarded before it has
     */
    public void stop(int shardId) {
        JraftShard shard = shards.get(shardId);
        if (shard == null) {
            return;
        }
        try {
            if (!shard.close(options.closeTimeout().toNanos())) {
                throw new IllegalStateException("shard " + shardId + " did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while shard " + shardId + " stopped", e);
        }
        shards.remove(shardId, shard);
        LOG.info("Shard {}: stopped", shardId);
    }

    /**
     * Removes all that a replica has on the disk, so that another one can take its place: vote
     * file, checkpoints, its part of the write-ahead log, and that it was lost. The replica must
     * not run, and must never come back under its id. Also right if nothing of it is here. Blocks
     * on the disk; durable on return. After a crash the replica is there as it was, or gone.
     *
     * @throws IOException if the disk failed; what is left goes before the shard is started again
     * @throws WalFailedException if the write-ahead log takes no more writes
     * @throws IllegalStateException if the shard runs, or the engine is closed
     */
    public synchronized void discard(int shardId) throws IOException {
        requireNotRunning(shardId);
        directories.discard(shardId);
    }

    /**
     * The id of the replica of a shard that is on this broker's disk, running or not. Blocks on the
     * disk.
     *
     * @return empty if there is none
     * @throws ReplicaLostException if there is one, and its vote file does not tell
     * @throws IOException if the disk failed
     */
    public OptionalInt replicaId(int shardId) throws IOException {
        return directories.replicaId(shardId);
    }

    /**
     * Changes who belongs to a shard that runs here.
     *
     * @throws ShardUnavailableException if it does not run here
     */
    public ShardMembers members(int shardId) {
        return running(shardId).members();
    }

    /**
     * The replica of a shard that does not run here, to look at it and, as a last resort, to let it
     * go on alone. The shard must not be started before the engine was closed and opened again.
     * Blocks on the disk.
     *
     * @throws ReplicaLostException if there is none, or what is on the disk cannot be trusted
     * @throws IOException if the disk failed
     * @throws WalFailedException if its log cannot be read
     * @throws IllegalStateException if the shard runs, or the engine is closed
     */
    public synchronized StoppedReplica stopped(int shardId) throws IOException {
        int id =
                replicaId(shardId)
                        .orElseThrow(
                                () -> new ReplicaLostException(shardId, "it has no vote file"));
        ShardSpec spec = ShardSpec.existing(shardId, id);
        ShardLog log = journal.shard(shardId);
        return StoppedReplica.open(options.nodeId(), spec, log, openReplica(spec, log));
    }

    private JraftShard running(int shardId) {
        JraftShard shard = shards.get(shardId);
        if (shard == null) {
            throw new ShardUnavailableException("shard " + shardId + " does not run here");
        }
        return shard;
    }

    private JraftShard start(
            ShardSpec spec, StateMachine machine, ShardLog log, ReplicaDirectory replica)
            throws IOException {
        String group = ReplicaAddress.group(options.clusterId(), spec.shardId());
        PeerId self = ReplicaAddress.peer(new Member(options.nodeId(), spec.replicaId()));
        GroupExecutor.register(group);
        NodeManager.getInstance().addAddress(self.getEndpoint());

        boolean empty = replica.start() == null && log.lastIndex() == 0;
        long startIndex = replica.start() == null ? 0 : replica.start().mark().index();
        ShardLogStorage logStorage = ShardLogStorage.open(log, replica, self, recent);
        CheckpointSnapshots snapshots =
                new CheckpointSnapshots(
                        options.nodeId(),
                        replica.checkpoints(),
                        replica.start(),
                        logStorage.members(),
                        around.links(),
                        installThreads);
        Checkpointer checkpointer =
                new Checkpointer(
                        spec.shardId(),
                        logStorage,
                        manifest -> write(replica, manifest),
                        checkpointThread,
                        listener,
                        nanoTime);
        JraftShard shard =
                new JraftShard(
                        spec.shardId(),
                        self,
                        group,
                        new ReplicaStorages(logStorage, replica.vote(), snapshots),
                        replica.checkpoints(),
                        checkpointer,
                        machine,
                        around);
        shard.open(empty ? replica.members().getConf() : new Configuration());
        LOG.info(
                "Shard {}: replica {} starts, checkpoint {}, log {} to {}",
                spec.shardId(),
                spec.replicaId(),
                startIndex,
                log.firstIndex(),
                log.lastIndex());
        return shard;
    }

    /** A checkpoint may be of a term that a vote is being decided in. */
    private static long write(ReplicaDirectory replica, CheckpointManifest manifest)
            throws IOException {
        if (!replica.vote().keepTerm()) {
            throw new IOException("the term could not be written to the vote file");
        }
        return replica.checkpoints().write(manifest);
    }

    /**
     * A part of a checkpoint that a replica here offers to others. Blocks on the disk.
     *
     * @throws IOException if it offers it no more, or the disk failed
     */
    CheckpointPart checkpointPart(CheckpointName name, long offset, int maxBytes)
            throws IOException {
        JraftShard shard = shards.get(name.shard());
        if (shard == null) {
            throw new IOException("shard " + name.shard() + " does not run here");
        }
        return shard.checkpointPart(name.index(), offset, maxBytes);
    }

    /** A replica elsewhere waits for an entry of a shard, which may not run here. Never blocks. */
    void moveOn(int shardId) {
        JraftShard shard = shards.get(shardId);
        if (shard != null) {
            shard.idle().awaitElsewhere();
        }
    }

    /** How full the write-ahead log is. A snapshot of the moment. */
    public WalUsage walUsage() {
        return journal.usage();
    }

    /** The running shards by number. A snapshot of the moment. */
    public List<Shard> shards() {
        return List.copyOf(shards.values());
    }

    private void succeed() {
        try {
            watchThread.execute(watch::succeed);
        } catch (RejectedExecutionException e) {
            // The engine is being closed.
        }
    }

    /** See {@link EngineWatch#look}; at once, for tests that change the journal by hand. */
    void look() {
        watch.look(false);
    }

    /**
     * Stops all shards and closes the write-ahead log. Every proposal is answered. Takes no
     * checkpoint: ask the shards before, for a faster start. Blocks, at most about the close
     * timeout.
     *
     * @throws IOException if the log's files could not be closed
     * @throws IllegalStateException if something did not stop in time; the log is closed all the
     *     same
     */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        watchThread.shutdownNow();
        disk.close();
        long deadline = nanoTime.getAsLong() + options.closeTimeout().toNanos();
        shards.values().forEach(JraftShard::stopProposing);
        List<String> stuck = new ArrayList<>();
        try {
            for (JraftShard shard : shards.values()) {
                if (!shard.close(left(deadline))) {
                    stuck.add("shard " + shard.id());
                }
            }
            checkpointThread.shutdownNow();
            if (!checkpointThread.awaitTermination(left(deadline), TimeUnit.NANOSECONDS)) {
                stuck.add("a checkpoint");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stuck.add("interrupted");
        } finally {
            checkpointThread.shutdownNow();
            installThreads.shutdownNow();
            journal.close();
        }
        if (!stuck.isEmpty()) {
            throw new IllegalStateException("did not stop in time: " + String.join(", ", stuck));
        }
    }

    private long left(long deadline) {
        return Math.max(0, deadline - nanoTime.getAsLong());
    }
}
