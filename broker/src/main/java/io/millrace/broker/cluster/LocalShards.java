package io.millrace.broker.cluster;

import io.millrace.raft.Shard;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** All shards of which this broker holds a replica, the controller too. Thread-safe. */
public final class LocalShards {

    private final Map<Integer, Shard> shards = new ConcurrentSkipListMap<>();
    private final Map<Integer, LocalShard> dataShards = new ConcurrentSkipListMap<>();

    private final List<Consumer<LocalShard>> added = new CopyOnWriteArrayList<>();
    private final List<Runnable> removed = new CopyOnWriteArrayList<>();

    /** Adds the controller. */
    public void addController(Shard shard) {
        shards.put(shard.id(), shard);
    }

    /** Adds a data shard. */
    public void add(LocalShard shard) {
        dataShards.put(shard.shard().id(), shard);
        shards.put(shard.shard().id(), shard.shard());
        added.forEach(listener -> listener.accept(shard));
    }

    /**
     * Takes a shard out, before its replica is stopped: its readers end and turn elsewhere, no new
     * ones come. Nothing happens if it is not there.
     */
    public void remove(int number) {
        dataShards.remove(number);
        if (shards.remove(number) != null) {
            removed.forEach(Runnable::run);
        }
    }

    /** Calls the listener for every data shard here, and for those that come; it must not block. */
    public void onAdded(Consumer<LocalShard> listener) {
        added.add(listener);
        dataShards.values().forEach(listener);
    }

    /** Calls the listener after a shard was taken out; it must not block. */
    public void onRemoved(Runnable listener) {
        removed.add(listener);
    }

    /** Whether this replica is still the one here. */
    public boolean has(LocalShard shard) {
        return dataShards.get(shard.shard().id()) == shard;
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
