package io.millrace.broker.serving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.TrimMark;
import io.millrace.broker.shard.TrimReason;
import io.millrace.broker.subscription.ServedPartition;
import java.util.concurrent.CompletableFuture;

/**
 * A partition held here, for readers. Thread-safe.
 *
 * @param home the shard that it is on
 * @param view the partition
 */
record LocalServedPartition(LocalShard home, PartitionView view) implements ServedPartition {

    @Override
    public PartitionLog log() {
        return view.log();
    }

    @Override
    public long leaderEpoch() {
        return home.view().leaderEpoch();
    }

    @Override
    public boolean trimmedOnRequest() {
        return view.trimMark().map(TrimMark::reason).filter(TrimReason.TRIMMED::equals).isPresent();
    }

    @Override
    public boolean exists() {
        return view.exists();
    }

    @Override
    public int shard() {
        return home.shard().id();
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return home.shard().readBarrier();
    }
}
