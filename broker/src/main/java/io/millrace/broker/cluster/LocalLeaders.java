package io.millrace.broker.cluster;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStanding;
import io.millrace.raft.ShardStatus;

/**
 * The leaders that the replicas on this broker know of; nothing of shards without a replica here.
 * Takes every broker for alive. Thread-safe.
 */
public final class LocalLeaders implements LeaderDirectory {

    private final LocalShards shards;

    public LocalLeaders(LocalShards shards) {
        this.shards = shards;
    }

    @Override
    public ShardLeader leader(int shard) {
        Shard local = shards.shard(shard);
        if (local == null) {
            return ShardLeader.NONE;
        }
        ShardStanding standing = local.standing();
        // One that has not applied everything yet takes no writes: none, for clients.
        boolean taking =
                standing.role() != ShardStatus.Role.LEADER
                        || local.leadingTerm() == standing.term();
        return new ShardLeader(taking ? standing.leaderNode() : 0, standing.term());
    }

    @Override
    public boolean isAlive(int nodeId) {
        return true;
    }
}
