package io.millrace.broker.replicas;

import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.ShardSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Replicas that are entries of maps. */
final class FakeHost implements ReplicaHost {

    final Map<Integer, Integer> onDisk = new HashMap<>();
    final Map<Integer, Integer> running = new HashMap<>();
    final List<String> done = new ArrayList<>();

    /** Shards of which the vote file does not tell whose it is. */
    final Set<Integer> unreadable = new HashSet<>();

    /** Shards whose replica cannot be started any more. */
    final Map<Integer, String> rotten = new HashMap<>();

    @Override
    public Map<Integer, LocalReplica> replicas() {
        Map<Integer, LocalReplica> found = new TreeMap<>();
        onDisk.forEach(
                (shard, id) ->
                        found.put(
                                shard,
                                new LocalReplica(shard, id, running.getOrDefault(shard, 0), "")));
        unreadable.forEach(
                shard -> found.put(shard, new LocalReplica(shard, 0, 0, "unreadable vote file")));
        return found;
    }

    @Override
    public void prepare(ShardSpec spec) {
        done.add("prepare " + spec.shardId() + "/" + spec.replicaId() + " " + spec.birth());
        onDisk.put(spec.shardId(), spec.replicaId());
    }

    @Override
    public void start(ShardSpec spec) {
        if (rotten.containsKey(spec.shardId())) {
            throw new ReplicaLostException(spec.shardId(), rotten.get(spec.shardId()));
        }
        if (onDisk.getOrDefault(spec.shardId(), 0) != spec.replicaId()) {
            throw new ReplicaLostException(spec.shardId(), "its vote file is missing");
        }
        done.add("start " + spec.shardId() + "/" + spec.replicaId());
        running.put(spec.shardId(), spec.replicaId());
    }

    @Override
    public void stop(int shard) {
        done.add("stop " + shard);
        running.remove(shard);
    }

    @Override
    public void discard(int shard) {
        done.add("discard " + shard);
        rotten.remove(shard);
        unreadable.remove(shard);
        onDisk.remove(shard);
    }
}
