package io.millrace.broker.cluster;

import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.ShardWriter;
import io.millrace.raft.Shard;

/**
 * A data shard of which this broker holds a replica.
 *
 * @param shard the Raft side
 * @param view the state, for readers
 * @param writer the way in for writes
 */
public record LocalShard(Shard shard, DataShardView view, ShardWriter writer) {}
