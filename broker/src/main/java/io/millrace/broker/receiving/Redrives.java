package io.millrace.broker.receiving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.Redrive;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueResult;
import io.millrace.broker.queue.QueueResult.Redriven;
import io.millrace.broker.shard.CommandResult.QueueChanged;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Makes records of a shard's queues undone that were done.
 *
 * <p>One rule keeps a redrive from being lost, or from being taken for two: in the log each
 * settlement stands before a redrive, however often it was proposed, or behind it. So a redrive is
 * proposed only when it is known of every settlement what came of it; nothing is settled until it
 * is known of the redrive too; and then the queue takes from the applied state what is undone. All
 * this in one term: what a former one proposed stands before whatever this one does.
 *
 * <p>If nobody knows what came of a redrive, who asked is told so, and an entry that changes
 * nothing is proposed until one is applied: all before it is applied then, or never will be.
 *
 * <p>Confined to the shard's loop.
 */
final class Redrives {

    /** A redrive that could not be proposed for so long is refused. */
    static final long PATIENCE_MS = 10_000;

    /** Redrives that wait. */
    static final int MAX_WAITING = 64;

    private static final QueueCommand NOTHING = new SettleRecords(List.of());

    private final LocalShard shard;
    private final long term;
    private final QueueContext context;
    private final TurnLoop loop;
    private final Map<QueueKey, QueueDriver> drivers;
    private final Consumer<QueueDriver> mark;
    private final Deque<Wanted> waiting = new ArrayDeque<>();

    /** What was proposed, and it is not known what came of it; null: none. */
    private Wanted underWay;

    /** Nobody knows what came of it, and no entry behind it is under way. */
    private boolean unknown;

    /** Somebody wants records to be delivered again. */
    private record Wanted(
            QueueKey key,
            OffsetSet offsets,
            long deadlineMs,
            CompletableFuture<RedriveResult> answer) {}

    /**
     * @param drivers the queues that are taken up, as they are now
     * @param mark lets a queue be looked after
     */
    Redrives(
            LocalShard shard,
            long term,
            QueueContext context,
            TurnLoop loop,
            Map<QueueKey, QueueDriver> drivers,
            Consumer<QueueDriver> mark) {
        this.shard = shard;
        this.term = term;
        this.context = context;
        this.loop = loop;
        this.drivers = drivers;
        this.mark = mark;
    }

    /** Wants records to be delivered again. */
    void add(QueueKey key, OffsetSet offsets, CompletableFuture<RedriveResult> answer) {
        if (waiting.size() >= MAX_WAITING) {
            answer.completeExceptionally(
                    refused("%d others wait to be redriven".formatted(MAX_WAITING)));
            return;
        }
        waiting.add(new Wanted(key, offsets, context.nowMs() + PATIENCE_MS, answer));
    }

    /** Whether nothing must be settled now. */
    boolean holdsBack() {
        return underWay != null || !waiting.isEmpty();
    }

    /**
     * Proposes the next one, one at a time. To be called only while it is known of every settlement
     * what came of it.
     */
    void flush() {
        if (underWay != null || waiting.isEmpty()) {
            return;
        }
        Wanted next = waiting.remove();
        underWay = next;
        QueueDriver driver = drivers.get(next.key);
        OffsetSet givingUp = driver == null ? OffsetSet.EMPTY : driver.givingUp(next.offsets);
        propose(new Redrive(next.key, next.offsets))
                .whenComplete(
                        (result, error) ->
                                loop.post(() -> answered(next, givingUp, result, error)));
    }

    /** Time passes: what could not be begun in time is refused, what is unknown is looked into. */
    void tick() {
        long nowMs = context.nowMs();
        while (!waiting.isEmpty() && nowMs - waiting.element().deadlineMs >= 0) {
            waiting.remove()
                    .answer
                    .completeExceptionally(refused("the shard takes no entries now"));
        }
        if (unknown) {
            unknown = false;
            propose(NOTHING).whenComplete((result, error) -> loop.post(() -> passed(error)));
        }
    }

    /** The term is over. */
    void end(MillraceException reason) {
        waiting.forEach(one -> one.answer.completeExceptionally(reason));
        waiting.clear();
    }

    private void answered(Wanted one, OffsetSet givingUp, QueueResult result, Throwable error) {
        if (error == null) {
            over();
            OffsetSet undone = ((Redriven) result).offsets();
            one.answer.complete(new RedriveResult(undone, givingUp.minus(undone)));
            return;
        }
        if (isSurelyNotApplied(error)) {
            underWay = null;
        } else {
            unknown = true;
        }
        one.answer.completeExceptionally(error);
    }

    /** An entry behind the one that nobody knows of was applied, or was not. */
    private void passed(Throwable error) {
        if (error == null) {
            over();
        } else {
            unknown = true;
        }
    }

    /** The entry is applied, or never will be, and nothing was settled since. */
    private void over() {
        QueueDriver driver = drivers.get(underWay.key);
        if (driver != null) {
            driver.redriven(underWay.offsets);
            mark.accept(driver);
        }
        underWay = null;
    }

    private CompletableFuture<QueueResult> propose(QueueCommand command) {
        return shard.writer()
                .execute(new ChangeQueue(command), term)
                .thenApply(result -> ((QueueChanged) result).result());
    }

    private static boolean isSurelyNotApplied(Throwable error) {
        Throwable cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        return cause instanceof MillraceException failure
                && failure.outcome() == WriteOutcome.NOT_APPLIED;
    }

    private static MillraceException refused(String why) {
        return MillraceException.of(
                ErrorCode.OVERLOADED, "nothing is redriven: " + why + "; try again in a moment");
    }
}
