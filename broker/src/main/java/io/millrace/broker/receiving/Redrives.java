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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Makes records of a shard's queues undone that were done.
 *
 * <p>One rule keeps a redrive from being lost, or from being taken for two: in the log each
 * settlement stands before a redrive, however often it was proposed, or behind it. So a redrive is
 * proposed only when it is known of every settlement what came of it, with others if they wait;
 * nothing is settled until it is known of all of these too; and each queue takes from the applied
 * state what is undone. All this in one term: what a former one proposed stands before whatever
 * this one does.
 *
 * <p>If nobody knows what came of some redrives, who asked is told so, and an entry that changes
 * nothing is proposed until one is applied: all before it is applied then, or never will be.
 *
 * <p>Confined to the shard's loop.
 */
final class Redrives {

    /** A redrive that could not be proposed for so long is refused. */
    static final long PATIENCE_MS = 10_000;

    /**
     * Redrives that wait: all that come of the dead letters that are redriven at a time, though
     * each be of another partition.
     */
    static final int MAX_WAITING = 1_000;

    /** Redrives that are proposed together; then what was settled meanwhile has its turn. */
    static final int MAX_UNDER_WAY = 64;

    private static final QueueCommand NOTHING = new SettleRecords(List.of());

    private final LocalShard shard;
    private final long term;
    private final QueueContext context;
    private final TurnLoop loop;
    private final Map<QueueKey, QueueDriver> drivers;
    private final Consumer<QueueDriver> mark;
    private final Deque<Wanted> waiting = new ArrayDeque<>();

    /** What was proposed, and it is not known what came of it. */
    private final Set<Wanted> underWay = new LinkedHashSet<>();

    /** Those of them of which nobody knows what came of them. */
    private final Set<Wanted> unknown = new LinkedHashSet<>();

    /** An entry that changes nothing is proposed. */
    private boolean probing;

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

    /** Whether any is proposed: nothing must be settled until it is known what came of it. */
    boolean areUnderWay() {
        return !underWay.isEmpty();
    }

    /** Whether any is yet to be proposed. */
    boolean areWaiting() {
        return !waiting.isEmpty();
    }

    /**
     * Proposes what waits, up to a bound. To be called only while none is under way and it is known
     * of every settlement what came of it.
     */
    void flush() {
        while (underWay.size() < MAX_UNDER_WAY && !waiting.isEmpty()) {
            Wanted next = waiting.remove();
            underWay.add(next);
            QueueDriver driver = drivers.get(next.key);
            OffsetSet givingUp = driver == null ? OffsetSet.EMPTY : driver.givingUp(next.offsets);
            propose(new Redrive(next.key, next.offsets))
                    .whenComplete(
                            (result, error) ->
                                    loop.post(() -> answered(next, givingUp, result, error)));
        }
    }

    /** Time passes: what could not be begun in time is refused, what is unknown is looked into. */
    void tick() {
        long nowMs = context.nowMs();
        while (!waiting.isEmpty() && nowMs - waiting.element().deadlineMs >= 0) {
            waiting.remove()
                    .answer
                    .completeExceptionally(refused("the shard takes no entries now"));
        }
        if (!unknown.isEmpty() && !probing) {
            probing = true;
            List<Wanted> before = List.copyOf(unknown);
            propose(NOTHING)
                    .whenComplete((result, error) -> loop.post(() -> passed(before, error)));
        }
    }

    /** The term is over. */
    void end(MillraceException reason) {
        waiting.forEach(one -> one.answer.completeExceptionally(reason));
        waiting.clear();
    }

    private void answered(Wanted one, OffsetSet givingUp, QueueResult result, Throwable error) {
        if (error == null) {
            over(one);
            OffsetSet undone = ((Redriven) result).offsets();
            one.answer.complete(new RedriveResult(undone, givingUp.minus(undone)));
            return;
        }
        if (isSurelyNotApplied(error)) {
            underWay.remove(one);
        } else {
            unknown.add(one);
        }
        one.answer.completeExceptionally(error);
    }

    /** An entry behind those that nobody knows of was applied, or was not. */
    private void passed(List<Wanted> before, Throwable error) {
        probing = false;
        if (error == null) {
            before.forEach(this::over);
        }
    }

    /** The entry is applied, or never will be, and nothing was settled since. */
    private void over(Wanted one) {
        QueueDriver driver = drivers.get(one.key);
        if (driver != null) {
            driver.redriven(one.offsets);
            mark.accept(driver);
        }
        unknown.remove(one);
        underWay.remove(one);
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
