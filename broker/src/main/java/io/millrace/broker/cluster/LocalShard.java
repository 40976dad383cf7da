package io.millrace.broker.cluster;

import io.millrace.broker.reading.ReadBarriers;
import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.ShardWriter;
import io.millrace.raft.Shard;

/**
 * A data shard of which this broker holds a replica.
 *
 * @param shard the Raft side
 * @param view the state, for readers
 * @param writer the way in for writes
 * @param barriers what linearizable readers wait for
 */
public record LocalShard(
        Shard shard, DataShardView view, ShardWriter writer, ReadBarriers barriers) {

    public LocalShard(Shard shard, DataShardView view, ShardWriter writer) {
        this(shard, view, writer, new ReadBarriers(shard::readBarrier));
    }
}
