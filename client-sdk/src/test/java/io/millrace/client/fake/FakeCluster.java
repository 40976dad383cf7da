package io.millrace.client.fake;

import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterOptions;
import io.millrace.client.cluster.ServerList;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.BrokerInfo;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ShardInfo;
import io.millrace.v1.SubscribeStart;
import io.millrace.v1.TopicPlacement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Brokers on real ports that share one state, as if replication were instant. Everything is guarded
 * by this object's monitor.
 */
public final class FakeCluster implements AutoCloseable {
    static final int HEARTBEAT_MS = 500;
    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

    static final class FakeTopic {
        final long id;
        final int maxBatchBytes;
        final List<FakePartition> partitions = new ArrayList<>();

        FakeTopic(long id, int maxBatchBytes) {
            this.id = id;
            this.maxBatchBytes = maxBatchBytes;
        }
    }

    private record Late(FakePartition partition, byte[] batch) {}

    private final Map<String, FakeTopic> topics = new TreeMap<>();
    private final List<FakeBroker> brokers = new ArrayList<>();
    private final FakeGroup group = new FakeGroup(this);
    private final FakeQueue queue = new FakeQueue(this);
    private final Scripted script = new Scripted();
    private final Map<Integer, Integer> leaders = new HashMap<>();
    private final Map<Integer, Long> epochs = new HashMap<>();
    private final List<Late> late = new ArrayList<>();
    private final int shards;
    private Function<BatchAppend, Fault> faults = append -> Fault.NONE;
    private boolean replicasServe;
    private boolean refusesIds;
    private SubscribeStart lastSubscribe;
    private long version = 1;
    private long nextTopicId = 1;
    private long nextProducerId = 1;

    /** Brokers 1 to {@code brokerCount}, shards 1 to {@code shards} spread over them. */
    public FakeCluster(int brokerCount, int shards) throws IOException {
        this.shards = shards;
        for (int node = 1; node <= brokerCount; node++) {
            FakeBroker broker = new FakeBroker(this, node);
            broker.start();
            brokers.add(broker);
        }
        for (int shard = 0; shard <= shards; shard++) {
            leaders.put(shard, shard % brokerCount + 1);
            epochs.put(shard, 1L);
        }
    }

    /** The addresses of all brokers. */
    public String servers() {
        return brokers.stream().map(FakeBroker::address).collect(Collectors.joining(","));
    }

    /** A client of these brokers; the caller closes it. */
    public Cluster connect() {
        return Cluster.open(
                new ClusterOptions(
                        ServerList.parse(servers()),
                        "test",
                        CONNECT_TIMEOUT,
                        ChoicePolicy.adaptive(new Random(1)),
                        Map.of()));
    }

    /** A broker, counted from 1. */
    public FakeBroker broker(int node) {
        return brokers.get(node - 1);
    }

    /** The only group: all brokers know it, whatever name members give it. */
    public FakeGroup group() {
        return group;
    }

    /** What all brokers answer to admin calls about groups and their dead letters. */
    public Scripted script() {
        return script;
    }

    /** Hands the records of all partitions out to the members of the only group. */
    public FakeQueue queue() {
        return queue;
    }

    /** Creates a topic whose partitions are spread over the shards. */
    public synchronized long createTopic(String name, int partitions) {
        return createTopic(name, partitions, 1 << 20);
    }

    /** Creates a topic that takes batches up to a size. */
    public synchronized long createTopic(String name, int partitions, int maxBatchBytes) {
        FakeTopic topic = new FakeTopic(nextTopicId++, maxBatchBytes);
        for (int i = 0; i < partitions; i++) {
            topic.partitions.add(new FakePartition());
        }
        topics.put(name, topic);
        changed();
        return topic.id;
    }

    /** Deletes a topic. */
    public synchronized void deleteTopic(String name) {
        topics.remove(name);
        changed();
    }

    /** Moves a shard; the old leader notices at once, clients when the map reaches them. */
    public synchronized void moveLeader(int shard, int node, boolean tellClients) {
        leaders.put(shard, node);
        epochs.merge(shard, 1L, Long::sum);
        queue.leaderChanged(shard);
        if (tellClients) {
            changed();
        }
    }

    /** From now on every broker serves reads of what it has applied. */
    public synchronized void readFromReplicas() {
        replicasServe = true;
    }

    /** Whether the controller has no leader, so that no broker has producer ids. */
    public synchronized void setRefusesIds(boolean refuses) {
        refusesIds = refuses;
    }

    boolean refusesIds() {
        return refusesIds;
    }

    /** What the last subscription has asked for. */
    public synchronized SubscribeStart lastSubscribe() {
        return lastSubscribe;
    }

    void subscribed(SubscribeStart start) {
        lastSubscribe = start;
    }

    boolean replicasServe() {
        return replicasServe;
    }

    /** What to do with each batch that comes. */
    public synchronized void setFaults(Function<BatchAppend, Fault> plan) {
        faults = plan;
    }

    /** Applies what broken streams had left under way, as far as it is still its turn. */
    public synchronized void applyLate() {
        for (Late left : late) {
            try {
                left.partition().apply(left.batch());
            } catch (RuntimeException outOfTurn) {
                // As in a real log: the entry is there, applying it changes nothing.
            }
        }
        late.clear();
        pump();
    }

    /** Stores records as one batch. */
    public synchronized void append(String topic, int partition, String... values) {
        partition(topic, partition).store(batch(values), values.length);
        pump();
    }

    private static byte[] batch(String... values) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (String value : values) {
            builder.append(new Record(1, null, value.getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build(Compression.NONE).withoutProducer();
    }

    /** Stores records that no subscriber's filter lets through. */
    public synchronized void leaveOut(String topic, int partition, String... values) {
        FakePartition stored = partition(topic, partition);
        long end = stored.end() + values.length;
        for (String value : values) {
            stored.store(batch(value), 1);
        }
        stored.trim(end, "FILTERED");
        pump();
    }

    /** Stores a record with a key. */
    public synchronized void appendKeyed(String topic, int partition, String key, String value) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.append(
                new Record(
                        1,
                        key.getBytes(StandardCharsets.UTF_8),
                        value.getBytes(StandardCharsets.UTF_8)));
        partition(topic, partition).store(builder.build(Compression.NONE).withoutProducer(), 1);
        pump();
    }

    /** A partition. */
    public synchronized FakePartition partition(String topic, int partition) {
        return topics.get(topic).partitions.get(partition);
    }

    /** The values stored in a partition, as text. */
    public synchronized List<String> values(String topic, int partition) {
        return partition(topic, partition).records().stream()
                .map(r -> new String(r.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void close() {
        brokers.forEach(FakeBroker::stop);
    }

    Fault fault(BatchAppend append) {
        return faults.apply(append);
    }

    void addLate(FakePartition partition, byte[] batch) {
        late.add(new Late(partition, batch));
    }

    long newProducerId() {
        return nextProducerId++;
    }

    FakeTopic topic(String name) {
        return topics.get(name);
    }

    Map<String, FakeTopic> topics() {
        return topics;
    }

    int shardOf(FakeTopic topic, int partition) {
        return (int) (topic.id + partition) % shards + 1;
    }

    int leader(int shard) {
        return leaders.get(shard);
    }

    long epoch(int shard) {
        return epochs.get(shard);
    }

    /** Lets all subscriptions send what they may. */
    void pump() {
        brokers.forEach(FakeBroker::pump);
        queue.pump();
    }

    ClusterMap map() {
        ClusterMap.Builder map =
                ClusterMap.newBuilder()
                        .setClusterId("fake")
                        .setVersion(version)
                        .setHeartbeatIntervalMs(HEARTBEAT_MS);
        for (FakeBroker broker : brokers) {
            map.addBrokers(
                    BrokerInfo.newBuilder()
                            .setNodeId(broker.node())
                            .setAlive(true)
                            .setClientAddress(broker.address()));
        }
        leaders.forEach(
                (shard, node) ->
                        map.addShards(
                                ShardInfo.newBuilder()
                                        .setShard(shard)
                                        .addAllReplicaNodes(
                                                brokers.stream().map(FakeBroker::node).toList())
                                        .setLeaderNode(node)
                                        .setLeaderEpoch(epochs.get(shard))));
        topics.forEach(
                (name, topic) -> {
                    TopicPlacement.Builder placement =
                            TopicPlacement.newBuilder()
                                    .setName(name)
                                    .setTopicId(topic.id)
                                    .setMaxBatchBytes(topic.maxBatchBytes);
                    for (int p = 0; p < topic.partitions.size(); p++) {
                        placement.addPartitionShards(shardOf(topic, p));
                    }
                    map.addTopics(placement);
                });
        return map.build();
    }

    private void changed() {
        version++;
        brokers.forEach(FakeBroker::sendMap);
    }
}
