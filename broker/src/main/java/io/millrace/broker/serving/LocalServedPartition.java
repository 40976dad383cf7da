package io.millrace.broker.serving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.TrimMark;
import io.millrace.broker.shard.TrimReason;
import io.millrace.broker.subscription.ServedPartition;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.CompletableFuture;

/**
 * A partition held here, for readers. Thread-safe.
 *
 * @param home the shard that it is on
 * @param view the partition
 * @param name topic and number, for messages
 * @param shards all that are here
 * @param redirects says where else to read
 */
record LocalServedPartition(
        LocalShard home, PartitionView view, String name, LocalShards shards, Redirects redirects)
        implements ServedPartition {

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
    public boolean corruptionFound(CorruptLogException found) {
        return home.view().corruptionFound(view.partitionId(), found);
    }

    @Override
    public boolean exists() {
        return view.exists();
    }

    @Override
    public boolean isHere() {
        return shards.has(home);
    }

    @Override
    public boolean leads() {
        return isHere() && home.shard().leadingTerm() != 0;
    }

    @Override
    public long stalenessNanos() {
        return home.shard().stalenessNanos();
    }

    @Override
    public MillraceException redirected(MillraceException failure) {
        return redirects.toLeader(failure, shard());
    }

    @Override
    public MillraceException toAnother(MillraceException failure) {
        return redirects.toAnother(failure, shard());
    }

    @Override
    public MillraceException elsewhere() {
        return redirects.notHere(name, shard());
    }

    @Override
    public int shard() {
        return home.shard().id();
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return home.barriers().pass();
    }
}
