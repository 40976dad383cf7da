package io.millrace.broker.receiving;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.cluster.LeaderDirectory;
import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.cluster.ShardLeader;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.DeleteGroup;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.SetGroup;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.shard.DataShard;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.ProducerLimits;
import io.millrace.broker.shard.ShardCounters;
import io.millrace.broker.shard.ShardWriter;
import io.millrace.broker.shard.SteppedShard;
import io.millrace.broker.shard.WriteGate;
import io.millrace.broker.shard.WriterLimits;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.broker.topics.PlacementReconciler;
import io.millrace.broker.topics.TopicAdmin;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.DeleteTopicRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A broker that leads its one data shard, with the topic "t" of one partition and the group "work",
 * in memory and on the test's thread; time passes as the test says.
 */
final class QueueBroker {

    static final ReceiveLimits LIMITS = ReceiveLimits.DEFAULT;

    final Deque<Runnable> tasks = new ArrayDeque<>();

    /** Reads wait here while {@link #holdsReads}. */
    final Deque<Runnable> reads = new ArrayDeque<>();

    boolean holdsReads;

    /** What came of entries waits here while {@link #holdsAnswers}. */
    final Deque<Runnable> answers = new ArrayDeque<>();

    boolean holdsAnswers;
    final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    final Map<String, Long> heard = new ConcurrentHashMap<>();
    final LocalShards shards = new LocalShards();
    final Controller controller;
    final SteppedShard shard;
    final DataShard machine;
    final PlacementReconciler reconciler;
    final TopicAdmin topics;
    final QueueDrivers queues;
    final ReceiveContext context;
    int leader = 1;
    RuntimeException sinkFailure;
    int copies;
    volatile long nowMs = 1_000_000;

    /** How far wall time is ahead of monotonic time. */
    volatile long wallAheadMs;

    private final LocalPartitions partitions;

    QueueBroker() throws IOException {
        this(Map.of());
    }

    QueueBroker(Map<String, String> groupSettings) throws IOException {
        this(groupSettings, null);
    }

    /**
     * @param threads runs the loops and the reads; null: the test's thread does, in {@link #run}
     */
    QueueBroker(Map<String, String> groupSettings, Executor threads) throws IOException {
        Executor executor = threads == null ? tasks::add : threads;
        ControllerStateMachine controllerMachine = new ControllerStateMachine();
        controllerMachine.started();
        SteppedShard controllerShard = new SteppedShard(0, controllerMachine);
        controller = new Controller(controllerShard, controllerMachine);
        controller.submit(new FormCluster("test-cluster", List.of(1), 1)).join();
        register(1);
        machine =
                new DataShard(
                        1,
                        new MemoryPartitionLogStore(),
                        ProducerLimits.DEFAULT,
                        ShardCounters.NONE);
        machine.started();
        shard = new SteppedShard(1, machine);
        InstantSource time = () -> Instant.ofEpochMilli(nowMs + wallAheadMs);
        Clock clock = time.withZone(ZoneOffset.UTC);
        shards.add(
                new LocalShard(
                        shard,
                        machine,
                        new ShardWriter(
                                shard,
                                clock,
                                () -> 0,
                                WriterLimits.DEFAULT,
                                new WriteGate(),
                                ShardCounters.NONE,
                                this::answer)));
        Redirects redirects = new Redirects(controller.images()::current, new Leaders(), 1);
        partitions = new LocalPartitions(controller.images()::current, shards, redirects);
        reconciler = new PlacementReconciler(controller, shards, Runnable::run);
        topics =
                new TopicAdmin(
                        controller,
                        reconciler,
                        partitions,
                        new PartitionAdmin(partitions, redirects, null, Runnable::run),
                        Runnable::run,
                        clock);
        create("t", 1);
        controller.submit(new CreateGroup("work", true, groupSettings, 1)).join();
        controller.submit(new CreateGroup("flow", false, Map.of(), 1)).join();
        queues =
                new QueueDrivers(
                        controller.images()::current,
                        shards,
                        partitions,
                        redirects,
                        this::copy,
                        executor,
                        threads == null ? task -> (holdsReads ? reads : tasks).add(task) : threads,
                        clock,
                        () -> TimeUnit.MILLISECONDS.toNanos(nowMs),
                        LIMITS,
                        new Heard());
        controller.images().addListener(queues::imageChanged);
        context =
                new ReceiveContext(
                        new Handshake("test-cluster"),
                        queues,
                        clock,
                        () -> TimeUnit.MILLISECONDS.toNanos(nowMs),
                        LIMITS);
        run();
    }

    void register(int nodeId) {
        controller
                .submit(
                        new RegisterBroker(
                                new BrokerImage(
                                        nodeId,
                                        "h" + nodeId + ":7400",
                                        "h" + nodeId + ":7401",
                                        "h" + nodeId + ":7402",
                                        "0.1.0",
                                        "",
                                        "directory-" + nodeId,
                                        1,
                                        7,
                                        42,
                                        BrokerState.JOINED),
                                false))
                .join();
    }

    void create(String topic, int partitionCount) {
        topics.create(
                        CreateTopicRequest.newBuilder()
                                .setName(topic)
                                .setPartitionCount(partitionCount)
                                .build())
                .join();
    }

    void delete(String topic) {
        topics.delete(DeleteTopicRequest.newBuilder().setName(topic).build());
        reconciler.trigger();
        run();
    }

    void set(Map<String, String> settings) {
        controller.submit(new SetGroup("work", settings, List.of())).join();
        run();
    }

    void deleteGroup() {
        controller.submit(new DeleteGroup("work", 0)).join();
        reconciler.trigger();
        run();
    }

    /** Runs what is to be run, until nothing is. */
    void run() {
        for (int n = 0; !tasks.isEmpty(); n++) {
            if (n > 100_000) {
                throw new AssertionError("it never comes to rest");
            }
            tasks.remove().run();
        }
    }

    private void answer(Runnable answer) {
        if (holdsAnswers) {
            answers.add(answer);
        } else {
            answer.run();
        }
    }

    /** Lets those know what came of entries who have not heard of it. */
    void tellAnswers() {
        holdsAnswers = false;
        while (!answers.isEmpty()) {
            answers.remove().run();
        }
        run();
    }

    /** Lets time pass in steps of 100 ms. */
    void pass(long millis, TestReceiver... receivers) {
        for (long end = nowMs + millis; nowMs < end; ) {
            nowMs = Math.min(end, nowMs + 100);
            queues.tick();
            for (TestReceiver receiver : receivers) {
                receiver.session.tick();
            }
            run();
        }
    }

    TestReceiver receiver(String memberId) {
        return new TestReceiver(this, memberId);
    }

    QueueKey key() {
        return new QueueKey(partition("t", 0).partitionId(), group().groupId());
    }

    GroupImage group() {
        return controller.images().current().groups().find("work").orElseThrow();
    }

    QueueProgress progress() {
        return machine.queue(key());
    }

    PartitionView partition(String topic, int partition) {
        return partitions.place(topic, 0, partition).view();
    }

    PartitionLog log() {
        return partition("t", 0).log();
    }

    long heard(String what) {
        return heard.getOrDefault(what, 0L);
    }

    // ---- records ----

    /** Appends a batch of records with these keys; an empty one is none. */
    void append(String... keys) {
        append(Compression.NONE, List.of(keys).stream().map(key -> record(key, "v")).toList());
    }

    void append(Compression compression, List<Record> records) {
        append(log(), compression, records);
    }

    void append(PartitionLog log, Compression compression, List<Record> records) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        records.forEach(builder::append);
        byte[] batch = builder.build(compression).stamp(0, 0, 0);
        try {
            log.append(
                    List.of(
                            new StoredBatch(
                                    log.endOffset(),
                                    records.size(),
                                    log.endOffset() + 1,
                                    1,
                                    nowMs,
                                    ByteBuffer.wrap(batch))));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        run();
    }

    static Record record(String key, String value, Header... headers) {
        return new Record(
                1,
                key.isEmpty() ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                List.of(headers));
    }

    private CompletableFuture<Void> copy(DeadLetter letter) {
        copies++;
        if (sinkFailure != null) {
            return CompletableFuture.failedFuture(sinkFailure);
        }
        deadLetters.add(letter);
        return CompletableFuture.completedFuture(null);
    }

    private final class Leaders implements LeaderDirectory {

        @Override
        public ShardLeader leader(int number) {
            return new ShardLeader(leader, 9);
        }

        @Override
        public boolean isAlive(int nodeId) {
            return true;
        }
    }

    private final class Heard implements ReceiveListener {

        @Override
        public void delivered(String group, int records) {
            heard.merge("delivered", (long) records, Long::sum);
        }

        @Override
        public void acked(String group, int records) {
            heard.merge("acked", (long) records, Long::sum);
        }

        @Override
        public void nacked(String group, int records) {
            heard.merge("nacked", (long) records, Long::sum);
        }

        @Override
        public void expired(String group, long deliveries) {
            heard.merge("expired", deliveries, Long::sum);
        }

        @Override
        public void givenUp(String group, int records) {
            heard.merge("givenUp", (long) records, Long::sum);
        }
    }
}
