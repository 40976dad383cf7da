package io.millrace.raft.wal;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** All shards of the journal. Thread-safe. */
final class WalShards {

    private final Map<Integer, WalShard> shards = new ConcurrentHashMap<>();
    private final int maxEntryBytes;
    private final WalQueue queue;
    private final Segments segments;
    private final long damagedShards;

    WalShards(WalOptions options, WalQueue queue, Segments segments, RecoveryScan scan) {
        this.maxEntryBytes = options.maxEntryBytes();
        this.queue = queue;
        this.segments = segments;
        this.damagedShards = scan.damagedShards();
        scan.shards().forEach((shard, state) -> shards.put(shard, view(shard, state)));
    }

    private WalShard view(int shard, ShardState state) {
        return new WalShard(shard, maxEntryBytes, queue, segments, state);
    }

    /**
     * The shard with a number. One that has left no trace is new, unless its records may have been
     * in a damaged part of the log.
     */
    WalShard get(int shard) {
        return shards.computeIfAbsent(
                shard,
                id -> {
                    ShardState state = new ShardState();
                    if ((damagedShards & GroupHeader.shardBit(id)) != 0) {
                        state.lost("its records may have been in a damaged part of the log");
                    }
                    return view(id, state);
                });
    }

    int count() {
        return shards.size();
    }

    void forEach(BiConsumer<Integer, WalShard> action) {
        shards.forEach(action);
    }

    /** The lost shards, and why. */
    Map<Integer, String> lost() {
        Map<Integer, String> lost = new TreeMap<>();
        shards.forEach(
                (id, shard) -> {
                    String reason = shard.lostReason();
                    if (reason != null) {
                        lost.put(id, reason);
                    }
                });
        return lost;
    }

    /** The oldest segment that any shard needs; {@code Long.MAX_VALUE} if none is needed. */
    long firstSegmentNeeded() {
        return shards.values().stream()
                .mapToLong(WalShard::firstSegmentNeeded)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** The shards that need a segment or one before it. */
    List<WalShard> pinning(long segment) {
        return shards.values().stream()
                .filter(shard -> shard.firstSegmentNeeded() <= segment)
                .toList();
    }

    /** Stops answering entries from a segment and those before it. */
    void forget(long segment) {
        shards.values().forEach(shard -> shard.forget(segment));
    }

    /** Adds records that say how all shards stand. */
    void addStatesTo(GroupBuilder group) {
        shards.values().forEach(shard -> group.add(shard, shard.stateRecord()));
        if (damagedShards != 0) {
            group.add(null, WalRecord.of(WalRecord.Kind.DAMAGE, 0, damagedShards));
        }
    }

    /** Adds the marks that callers see and that are not durable yet. */
    void addPendingMarksTo(GroupBuilder group) {
        for (WalShard shard : shards.values()) {
            WalRecord mark = shard.pendingMark();
            if (mark != null) {
                group.add(shard, mark);
            }
        }
    }
}
