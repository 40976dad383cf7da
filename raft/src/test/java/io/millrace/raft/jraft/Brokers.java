package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.RaftListener;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.ShardStanding;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.disk.ForcedFile;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalOptions;
import io.millrace.raft.wal.WalUsage;
import io.millrace.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The engines of several brokers, with one shard. The replica on node n begins as 10 + n. */
final class Brokers implements AutoCloseable {

    static final int SHARD = 1;
    static final Duration ELECTION = Duration.ofMillis(300);

    private static final WalOptions WAL = WalOptions.defaults().withSegments(1 << 20, 1, 64 << 20);

    final Path directory;
    final String clusterId = UUID.randomUUID().toString();
    final MemoryLinks links = new MemoryLinks();
    final Map<Integer, Broker> brokers = new TreeMap<>();
    private int proposed;

    Brokers(Path directory) {
        this.directory = directory;
    }

    /** One of them. */
    static final class Broker {
        final int node;
        final List<String> fatal = new CopyOnWriteArrayList<>();

        final List<String> events = new CopyOnWriteArrayList<>();

        /** For how long the disk seems to hang; 0: as long as it does. */
        volatile long stalledNanos;

        /** Called on the shard's thread when a checkpoint is durable. */
        volatile LongConsumer onCheckpoint = index -> {};

        /** How the replica stood when it last said that this may have changed. */
        volatile ShardStanding heard = new ShardStanding(ShardStatus.Role.FOLLOWER, 0, 0);

        /** The term in which it led then; 0 if it did not. */
        volatile long heardLeading;

        /** By how much its clock is ahead. */
        final AtomicLong later = new AtomicLong();

        /** How full the journal seems to be; null: as full as it is. */
        volatile WalUsage usage;

        volatile RaftEngine engine;
        volatile Shard shard;
        volatile LineMachine machine;

        Broker(int node) {
            this.node = node;
        }
    }

    /** A journal that can seem to hang, and to be full. */
    private record SlowJournal(Journal journal, Broker broker) implements Journal {

        @Override
        public ShardLog shard(int shard) {
            return journal.shard(shard);
        }

        @Override
        public Map<Integer, String> lostShards() {
            return journal.lostShards();
        }

        @Override
        public WalUsage usage() {
            WalUsage full = broker.usage;
            return full == null ? journal.usage() : full;
        }

        @Override
        public String spaceProblem() {
            return journal.spaceProblem();
        }

        @Override
        public long stalledNanos() {
            return broker.stalledNanos == 0 ? journal.stalledNanos() : broker.stalledNanos;
        }

        @Override
        public void giveUp(int shard, String reason) {
            journal.giveUp(shard, reason);
        }

        @Override
        public void discard(int shard) {
            journal.discard(shard);
        }

        @Override
        public void close() throws IOException {
            journal.close();
        }
    }

    static Member member(int node) {
        return new Member(node, 10 + node);
    }

    static List<Member> members(int... nodes) {
        return IntStream.of(nodes).mapToObj(Brokers::member).toList();
    }

    Path directory(int node) {
        return directory.resolve("broker-" + node);
    }

    /** Opens a broker's engine; no shard runs. */
    Broker open(int node) throws IOException {
        Broker broker = brokers.computeIfAbsent(node, Broker::new);
        RaftEngineOptions options =
                RaftEngineOptions.defaults(directory(node), clusterId, node)
                        .withTimeouts(ELECTION, Duration.ofSeconds(5), Duration.ofSeconds(20))
                        .withMemory(8 << 20);
        RaftListener listener =
                new RaftListener() {
                    @Override
                    public void fatal(String what, Throwable cause) {
                        broker.fatal.add(what);
                    }

                    @Override
                    public void stalled(long nanos) {
                        broker.events.add("stalled");
                    }

                    @Override
                    public void recovered() {
                        broker.events.add("recovered");
                    }

                    @Override
                    public void shardLost(int shard, String reason) {
                        broker.events.add("lost " + shard);
                    }

                    @Override
                    public void leaderChanged(int shard) {
                        Shard changed = broker.shard;
                        if (changed != null) {
                            broker.heardLeading = changed.leadingTerm();
                            broker.heard = changed.standing();
                        }
                    }

                    @Override
                    public void checkpointed(int shard, long index, long nanos, long bytes) {
                        broker.onCheckpoint.accept(index);
                    }
                };
        Path wal = directory(node).resolve("wal");
        ForcedFile.createDirectories(wal);
        WriteAheadLog log =
                WriteAheadLog.open(wal, WAL, listener, System::nanoTime, new SecureRandom());
        broker.engine =
                new RaftEngine(
                        options,
                        new SlowJournal(Journal.of(log), broker),
                        WAL.maxEntryBytes(),
                        listener,
                        () -> System.nanoTime() + broker.later.get(),
                        links.from(node));
        links.serve(node, broker.engine);
        links.mend(node);
        return broker;
    }

    Broker start(int node, ShardSpec spec) throws IOException {
        return start(node, spec, new LineMachine());
    }

    Broker start(int node, ShardSpec spec, LineMachine machine) throws IOException {
        Broker broker = brokers.get(node);
        broker.machine = machine;
        broker.shard = broker.engine.start(spec, machine);
        return broker;
    }

    /** Founds the shard on these nodes. */
    void found(int... nodes) throws IOException {
        for (int node : nodes) {
            open(node);
            ShardSpec spec = ShardSpec.founder(SHARD, 10 + node, members(nodes));
            brokers.get(node).engine.prepare(spec);
        }
        for (int node : nodes) {
            start(node, ShardSpec.existing(SHARD, 10 + node));
        }
    }

    /** A broker that runs an empty replica, which nobody knows yet. */
    Broker join(int node, int replica) throws IOException {
        if (!brokers.containsKey(node) || brokers.get(node).engine == null) {
            open(node);
        }
        return start(node, ShardSpec.joiner(SHARD, replica));
    }

    /** Stops a broker, gently. */
    void stop(int node) throws IOException {
        Broker broker = brokers.get(node);
        links.cut(node);
        broker.engine.close();
        broker.engine = null;
        broker.shard = null;
    }

    Broker restart(int node) throws IOException {
        if (brokers.get(node).engine != null) {
            stop(node);
        }
        open(node);
        return start(
                node,
                ShardSpec.existing(SHARD, brokers.get(node).engine.replicaId(SHARD).getAsInt()));
    }

    /** Waits for a leader among those that run. */
    Broker leader() {
        return await().atMost(30, TimeUnit.SECONDS)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(this::leaderNow, found -> found != null);
    }

    private Broker leaderNow() {
        return brokers.values().stream()
                .filter(broker -> broker.shard != null && broker.shard.leadingTerm() > 0)
                .findFirst()
                .orElse(null);
    }

    /** Proposes lines, again and again until each is applied once. */
    void write(int count) {
        for (int i = 0; i < count; i++) {
            String line = "written " + proposed++;
            await().atMost(30, TimeUnit.SECONDS)
                    .pollInterval(10, TimeUnit.MILLISECONDS)
                    .until(() -> Bench.propose(leader().shard, line), "applied"::equals);
        }
    }

    /** Has the leader change the members, and waits until that is done. */
    void change(Members target) throws Exception {
        Broker leader = leader();
        leader.engine
                .members(SHARD)
                .changeMembers(target, leader.shard.leadingTerm())
                .get(20, TimeUnit.SECONDS);
    }

    /** Waits until a broker has applied what the leader has. */
    void awaitCaughtUp(int node) {
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(
                        () ->
                                assertThat(brokers.get(node).machine.lines)
                                        .isEqualTo(leader().machine.lines));
    }

    long checkpoint(int node) throws Exception {
        return brokers.get(node).shard.checkpoint().get(20, TimeUnit.SECONDS);
    }

    /** Takes checkpoints on a broker until its log does not hold an index any more. */
    void cutLogAbove(int node, long index) throws Exception {
        Shard shard = brokers.get(node).shard;
        while (shard.status().firstLogIndex() <= index + 1) {
            write(3);
            awaitCaughtUp(node);
            checkpoint(node);
        }
    }

    /** Copies what a broker has on its disk, as a crash would leave it there. */
    void copy(int node, Path to) {
        Path from = directory(node);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts what was copied in the place of what a broker has. */
    void replace(int node, Path by) throws IOException {
        delete(directory(node));
        Files.move(by, directory(node));
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Broker broker : brokers.values()) {
            if (broker.engine != null) {
                broker.engine.close();
            }
        }
        links.close();
    }
}
