package io.millrace.broker.deadletters;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.queue.DeliveryMarks;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueResult;
import io.millrace.broker.queue.QueueSettlement;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A partition of a group's dead-letter topic that this broker leads, and what of it is settled.
 * Thread-safe; no method blocks.
 *
 * @param group the group's name
 * @param groupId its id
 * @param topic the dead-letter topic's name
 * @param number the partition
 * @param shard its shard
 * @param view its replica here
 * @param term the term in which it is led here: what is settled is settled in it, or not at all
 */
record Shelf(
        String group,
        long groupId,
        String topic,
        int number,
        LocalShard shard,
        PartitionView view,
        long term) {

    PartitionLog log() {
        return view.log();
    }

    /** The queue whose progress says what is settled. */
    QueueKey key() {
        return new QueueKey(view.partitionId(), groupId);
    }

    /** What is settled, as of now. */
    QueueProgress progress() {
        QueueProgress progress = shard.view().queue(key());
        return progress == null ? QueueProgress.startingAt(0) : progress;
    }

    /** The first offset from one on that is not settled, wherever the log ends. */
    static long nextOpen(QueueProgress progress, long offset) {
        long from =
                offset >= progress.watermark()
                        ? offset
                        : Math.min(progress.redriven().nextPresent(offset), progress.watermark());
        return from < progress.watermark() ? from : progress.done().nextAbsent(from);
    }

    /** How many offsets of a range are not settled. */
    static long countOpen(QueueProgress progress, long from, long to) {
        long above = Math.max(from, progress.watermark());
        long open = Math.max(0, to - above);
        if (open > 0) {
            open -= progress.done().from(above).below(to).count();
        }
        return open + progress.redriven().from(from).below(to).count();
    }

    /** Settles for good; durable when this is complete. Fails with a MillraceException. */
    CompletableFuture<Void> settle(OffsetSet offsets) {
        if (offsets.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<?> open =
                shard.view().queue(key()) == null
                        ? execute(new QueueCommand.OpenQueue(key(), 0))
                        : CompletableFuture.completedFuture(null);
        QueueSettlement settlement =
                new QueueSettlement(key(), offsets, OffsetSet.EMPTY, DeliveryMarks.EMPTY);
        return open.thenCompose(
                        opened -> execute(new QueueCommand.SettleRecords(List.of(settlement))))
                .thenAccept(Shelf::requireSettled);
    }

    private CompletableFuture<QueueResult> execute(QueueCommand command) {
        return shard.writer()
                .execute(new ChangeQueue(command), term)
                .thenApply(result -> ((CommandResult.QueueChanged) result).result());
    }

    private static void requireSettled(QueueResult result) {
        QueueResult one = ((QueueResult.Settled) result).results().get(0);
        if (one instanceof QueueResult.Refused refused) {
            throw MillraceException.of(refused.code(), refused.message());
        }
    }

    MillraceException deleted() {
        return MillraceException.of(
                        ErrorCode.UNKNOWN_TOPIC, "topic \"" + topic + "\" was deleted meanwhile")
                .with("topic", topic);
    }
}
