package io.millrace.broker.cluster;

import io.millrace.raft.Shard;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** All shards of which this broker holds a replica, the controller too. Thread-safe. */
public final class LocalShards {

    private final Map<Integer, Shard> shards = new ConcurrentSkipListMap<>();
    private final Map<Integer, LocalShard> dataShards = new ConcurrentSkipListMap<>();

    /** Adds the controller. */
    public void addController(Shard shard) {
        shards.put(shard.id(), shard);
    }

    /** Adds a data shard. */
    public void add(LocalShard shard) {
        dataShards.put(shard.shard().id(), shard);
        shards.put(shard.shard().id(), shard.shard());
    }

    /** Any shard by its number; null if there is no replica here. */
    public Shard shard(int number) {
        return shards.get(number);
    }

    /** A data shard by its number; null if there is no replica here. */
    public LocalShard dataShard(int number) {
        return dataShards.get(number);
    }

    /** All shards, by number. */
    public Collection<Shard> all() {
        return shards.values();
    }

    /** All data shards, by number. */
    public Collection<LocalShard> dataShards() {
        return dataShards.values();
    }
}
