package io.millrace.raft.wal;

import java.util.Map;
import java.util.Set;

/**
 * What the write-ahead log takes, at one moment.
 *
 * @param usedBytes bytes of all segments in use
 * @param capBytes the most that they may take
 * @param pinningShards the shards that need the oldest segment: checkpoint them to free it
 * @param pinnedBytes by shard, the bytes of the segments from the first one it needs to the newest;
 *     shards that need none are left out
 */
public record WalUsage(
        long usedBytes, long capBytes, Set<Integer> pinningShards, Map<Integer, Long> pinnedBytes) {

    public WalUsage {
        pinningShards = Set.copyOf(pinningShards);
        pinnedBytes = Map.copyOf(pinnedBytes);
    }

    /** The used part of the cap, from 0 to 1. */
    public double fraction() {
        return (double) usedBytes / capBytes;
    }
}
