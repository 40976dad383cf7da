package io.millrace.broker.metrics;

import io.millrace.broker.health.Degradation;
import io.millrace.broker.partition.RecentMemory;
import io.millrace.broker.receiving.QueueReading;
import io.millrace.raft.Shard;
import io.millrace.raft.transport.PeerTraffic;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Info;
import io.prometheus.client.hotspot.BufferPoolsExports;
import io.prometheus.client.hotspot.GarbageCollectorExports;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import io.prometheus.client.hotspot.ThreadExports;
import io.prometheus.client.hotspot.VersionInfoExports;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Everything one broker counts and measures.
 *
 * <p>Events are told to the parts ({@link #publish}, {@link #subscribe}, {@link #rpc}, {@link
 * #raft}); states are read from their owners when somebody scrapes ({@link #watchShards} and its
 * like, each called once by the assembly). Thread-safe; recording never blocks.
 */
public final class BrokerMetrics {

    private final CollectorRegistry registry = new CollectorRegistry();
    private final PublishMetrics publish = new PublishMetrics(registry);
    private final SubscribeMetrics subscribe = new SubscribeMetrics(registry);
    private final CallMetrics rpc = new CallMetrics(registry);
    private final RaftMetrics raft = new RaftMetrics(registry);
    private final PeerMetrics peerEvents = new PeerMetrics(registry);
    private final PeerCollector peers = new PeerCollector().register(registry);
    private final DegradationCollector degradations = new DegradationCollector().register(registry);
    private final ShardMetrics shardEvents = new ShardMetrics(registry);
    private final ShardCollector shards = new ShardCollector().register(registry);
    private final ReplicationCollector replication = new ReplicationCollector().register(registry);
    private final WalCollector wal = new WalCollector().register(registry);
    private final PartitionCollector partitions = new PartitionCollector().register(registry);
    private final RecentCollector recent = new RecentCollector().register(registry);
    private final DiskCollector disk = new DiskCollector().register(registry);
    private final QueueMetrics queueEvents = new QueueMetrics(registry);
    private final QueueCollector queues = new QueueCollector().register(registry);
    private final GroupMetrics groupEvents = new GroupMetrics(registry);
    private final GroupCollector groups = new GroupCollector().register(registry);

    /**
     * @param version the broker's version, such as 0.1.0
     */
    public BrokerMetrics(String version) {
        Info.build("millrace_build", "The broker's version and the Java that runs it. Always 1.")
                .register(registry)
                .info("version", version, "java", Runtime.version().toString());
        // Each by hand, because DefaultExports also brings a collector that listens to the garbage
        // collector and can never be taken away again.
        new StandardExports().register(registry);
        new MemoryPoolsExports().register(registry);
        new BufferPoolsExports().register(registry);
        new GarbageCollectorExports().register(registry);
        new ThreadExports().register(registry);
        new VersionInfoExports().register(registry);
    }

    /** What publishers do. */
    public PublishMetrics publish() {
        return publish;
    }

    /** What subscribers get. */
    public SubscribeMetrics subscribe() {
        return subscribe;
    }

    /** All gRPC calls. */
    public CallMetrics rpc() {
        return rpc;
    }

    /** What the replicated log does; to be given to it as its listener, alone or behind another. */
    public RaftMetrics raft() {
        return raft;
    }

    /** What happens on the connections to other brokers; to be given to them as their listener. */
    public PeerMetrics peers() {
        return peerEvents;
    }

    /** What the data shards do with batches. */
    public ShardMetrics shards() {
        return shardEvents;
    }

    /** What members of groups in queue mode get. */
    public QueueMetrics queues() {
        return queueEvents;
    }

    /** Reads how these queues stand at every scrape. */
    public void watchQueues(Supplier<? extends Collection<QueueReading>> source) {
        queues.watch(source);
    }

    /** What becomes of the groups coordinated here. */
    public GroupMetrics groups() {
        return groupEvents;
    }

    /** Reads how these groups stand at every scrape. */
    public void watchGroups(Supplier<? extends Collection<GroupReading>> source) {
        groups.watch(source);
    }

    /** A group is gone: its series go too. */
    public void forgetGroup(String group) {
        queueEvents.forget(group);
        groupEvents.forget(group);
    }

    /** Reads the state of these shards at every scrape. */
    public void watchShards(Supplier<? extends Collection<? extends Shard>> source) {
        shards.watch(source);
        replication.watchShards(source);
    }

    /** Reads the connections to other brokers at every scrape. */
    public void watchPeers(Supplier<? extends Collection<PeerTraffic>> source) {
        peers.watch(source);
    }

    /** Reads what the broker cannot do at every scrape. */
    public void watchDegradations(Supplier<? extends Collection<Degradation>> source) {
        degradations.watch(source);
    }

    /** Reads what these replicas of data shards lack at every scrape. */
    public void watchReplicas(Supplier<? extends Collection<ReplicaReading>> source) {
        replication.watchReplicas(source);
    }

    /** Reads the state of these partition logs at every scrape. */
    public void watchPartitions(Supplier<? extends Collection<PartitionReading>> source) {
        partitions.watch(source);
    }

    /** Reads at every scrape what partition logs hold in memory for those who follow them. */
    public void watchRecent(RecentMemory memory) {
        recent.watch(memory);
    }

    /**
     * Reads the size of the write-ahead log at every scrape.
     *
     * @param usedBytes bytes that cannot be recycled now
     * @param capBytes bytes that it may use at most
     */
    public void watchWal(LongSupplier usedBytes, LongSupplier capBytes) {
        wal.watch(usedBytes, capBytes);
    }

    /**
     * Reads the free space of the disk that holds a directory at every scrape.
     *
     * @param reserveBytes free bytes below which publishes are refused
     */
    public void watchDisk(Path directory, LongSupplier reserveBytes) {
        disk.watch(directory, reserveBytes);
    }

    /** A topic is gone: its series go too, instead of staying for ever at their last value. */
    public void forgetTopic(String topic) {
        publish.forget(topic);
        subscribe.forget(topic);
    }

    /** For whoever exposes them. */
    public CollectorRegistry registry() {
        return registry;
    }
}
