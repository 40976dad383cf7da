package io.millrace.broker.replicas;

import io.millrace.broker.cluster.LeaderDirectory;
import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.pull.PullProgress;
import io.millrace.broker.pull.PullSource;
import io.millrace.broker.pull.PullThrottle;
import io.millrace.broker.pull.Puller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Gives every data replica here a puller, as long as it is here. Thread-safe. */
public final class PullUpkeep {

    private final int self;
    private final Supplier<ClusterImage> image;
    private final LeaderDirectory leaders;
    private final LocalShards shards;
    private final PullSource source;
    private final PullThrottle throttle;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private final Map<LocalShard, Puller> pullers = new ConcurrentHashMap<>();

    /**
     * @param source how other brokers are asked
     * @param throttle of all pulling here
     * @param threads gives a thread to each task at once; a task may take hours
     */
    public PullUpkeep(
            int self,
            Supplier<ClusterImage> image,
            LeaderDirectory leaders,
            LocalShards shards,
            PullSource source,
            PullThrottle throttle,
            Executor threads,
            LongSupplier nanoTime) {
        this.self = self;
        this.image = image;
        this.leaders = leaders;
        this.shards = shards;
        this.source = source;
        this.throttle = throttle;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    /** Begins, with the replicas that are here and those that come. */
    public void begin() {
        shards.onRemoved(this::stopOfRemoved);
        shards.onAdded(this::start);
    }

    private void start(LocalShard shard) {
        int number = shard.shard().id();
        Puller puller =
                new Puller(
                        shard.view(), source, () -> sources(number), throttle, threads, nanoTime);
        pullers.put(shard, puller);
        puller.start();
    }

    private void stopOfRemoved() {
        pullers.forEach(
                (shard, puller) -> {
                    if (!shards.has(shard)) {
                        puller.close();
                        pullers.remove(shard);
                    }
                });
    }

    /** Whoever takes part and lives; the leader last, since it has enough to do. */
    private List<Integer> sources(int shard) {
        int leader = leaders.leader(shard).nodeId();
        return image.get().shard(shard).map(ShardImage::replicas).orElse(List.of()).stream()
                .filter(one -> one.state() != ReplicaState.NEW && one.state() != ReplicaState.LOST)
                .map(ReplicaImage::nodeId)
                .filter(node -> node != self && leaders.isAlive(node))
                .sorted((left, right) -> Boolean.compare(left == leader, right == leader))
                .toList();
    }

    /** How far the replica of a shard is with what it misses; empty if there is none here. */
    public Optional<PullProgress> progress(LocalShard shard) {
        return Optional.ofNullable(pullers.get(shard)).map(Puller::progress);
    }

    /** Stops all. */
    public void close() {
        pullers.values().forEach(Puller::close);
    }
}
