package io.millrace.raft.jraft;

import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.RaftListener;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.StateMachine;
import io.millrace.raft.wal.WalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One broker's engine in a directory, to be closed and opened again. */
final class Bench implements AutoCloseable, RaftListener {

    static final int REPLICA = 7;
    static final int MAX_ENTRY = 1 << 20;

    private static final WalOptions WAL = WalOptions.defaults().withSegments(4 << 20, 1, 1L << 30);

    final Path directory;
    final MemoryJournal journal;
    final String clusterId = UUID.randomUUID().toString();
    final List<String> fatal = new CopyOnWriteArrayList<>();
    final List<String> checkpointFailures = new CopyOnWriteArrayList<>();

    /** Added to the engine's clock. */
    final AtomicLong later = new AtomicLong();

    RaftEngineOptions options;
    RaftEngine engine;

    /** Over the write-ahead log itself. */
    static Bench real(Path directory) throws IOException {
        return new Bench(directory, null);
    }

    /** Over a journal that can be made to fail. */
    static Bench memory(Path directory) throws IOException {
        return new Bench(directory, new MemoryJournal());
    }

    private Bench(Path directory, MemoryJournal journal) throws IOException {
        this.directory = directory;
        this.journal = journal;
        this.options =
                RaftEngineOptions.defaults(directory, clusterId, 1)
                        .withTimeouts(
                                Duration.ofMillis(200),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(20));
        open();
    }

    void open() throws IOException {
        engine =
                journal == null
                        ? RaftEngine.open(options, WAL, this, System::nanoTime, new SecureRandom())
                        : new RaftEngine(
                                options,
                                journal,
                                MAX_ENTRY,
                                this,
                                () -> System.nanoTime() + later.get(),
                                new SoloLinks());
    }

    void reopen() throws IOException {
        engine.close();
        open();
    }

    Shard create(int shard, StateMachine machine) throws IOException {
        return lead(engine.start(spec(shard, REPLICA, true), machine));
    }

    Shard restart(int shard, StateMachine machine) throws IOException {
        return lead(engine.start(spec(shard, REPLICA, false), machine));
    }

    static ShardSpec spec(int shard, int replica, boolean create) {
        return create
                ? ShardSpec.founder(shard, replica, List.of(new Member(1, replica)))
                : ShardSpec.existing(shard, replica);
    }

    static Shard lead(Shard shard) {
        await().atMost(20, TimeUnit.SECONDS)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .until(() -> shard.leadingTerm() > 0);
        return shard;
    }

    static String propose(Shard shard, String line) {
        Line proposal = new Line(line);
        shard.propose(proposal, shard.leadingTerm());
        return proposal.result();
    }

    Path shardDirectory(int shard) {
        return directory.resolve("shards").resolve(Integer.toString(shard));
    }

    Path checkpoints(int shard) {
        return shardDirectory(shard).resolve("checkpoints");
    }

    @Override
    public void fatal(String what, Throwable cause) {
        fatal.add(what);
    }

    @Override
    public void checkpointFailed(int shard, String reason) {
        checkpointFailures.add(reason);
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
