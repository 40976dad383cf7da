package io.millrace.broker.deadletters;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueResult;
import io.millrace.broker.queue.QueueStatistics;
import io.millrace.broker.receiving.QueueControl;
import io.millrace.broker.receiving.RedriveResult;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The queues of a broker without members: what is redriven is undone, and that is all. */
final class LedQueues implements QueueControl {

    OffsetSet givingUp = OffsetSet.EMPTY;
    int redrives;
    Runnable afterRedrive = () -> {};
    private final LocalShards shards;

    LedQueues(LocalShards shards) {
        this.shards = shards;
    }

    @Override
    public Optional<QueueStatistics> statistics(QueueKey key) {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Integer> resume(long groupId) {
        return CompletableFuture.completedFuture(0);
    }

    @Override
    public CompletableFuture<RedriveResult> redrive(QueueKey key, OffsetSet offsets) {
        redrives++;
        LocalShard shard =
                shards.dataShards().stream()
                        .filter(one -> one.view().partition(key.partitionId()) != null)
                        .findFirst()
                        .orElseThrow();
        return shard.writer()
                .execute(new ChangeQueue(new QueueCommand.Redrive(key, offsets.minus(givingUp))), 1)
                .thenApply(
                        result -> {
                            afterRedrive.run();
                            CommandResult.QueueChanged changed =
                                    (CommandResult.QueueChanged) result;
                            QueueResult.Redriven redriven = (QueueResult.Redriven) changed.result();
                            OffsetSet left = offsets.minus(offsets.minus(givingUp));
                            return new RedriveResult(redriven.offsets(), left);
                        });
    }
}
