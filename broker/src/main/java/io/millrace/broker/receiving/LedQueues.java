package io.millrace.broker.receiving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.config.GroupConfig.Start;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.queue.DeliveryIds;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueResult;
import io.millrace.broker.shard.CommandResult.QueueChanged;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The queues of a shard that is led here, for one term. All of them share a loop: who leads many
 * shards has many loops. Thread-safe; no method blocks.
 */
final class LedQueues {

    private static final int QUEUES_PER_TURN = 16;

    private final LocalShard shard;
    private final long term;
    private final QueueContext context;
    private final Supplier<QueueIndex> index;
    private final DeliveryIds ids;
    private final TurnLoop loop;
    private final Map<QueueKey, QueueDriver> drivers = new ConcurrentHashMap<>();
    private final AtomicBoolean tickPosted = new AtomicBoolean();
    private final AtomicBoolean reviewPosted = new AtomicBoolean();
    private volatile MillraceException endReason;

    // Confined to the loop.
    private final Settlements settlements;
    private final Redrives redrives;

    /** Whether it was redrives that were proposed last. */
    private boolean settlersTurn;

    private final Queue<QueueDriver> marked = new ArrayDeque<>();
    private final Map<QueueKey, List<Opening>> openings = new HashMap<>();

    /** A member that wants to receive. */
    private record Opening(Receiver receiver, CompletableFuture<QueueDriver> opened) {

        void complete(QueueDriver driver) {
            driver.attach(receiver);
            opened.complete(driver);
        }
    }

    /**
     * @param term the shard's leader's
     * @param index what the cluster map says now
     */
    LedQueues(LocalShard shard, long term, QueueContext context, Supplier<QueueIndex> index) {
        this.shard = shard;
        this.term = term;
        this.context = context;
        this.index = index;
        this.ids = new DeliveryIds(term);
        this.loop = new TurnLoop(context.loops(), this::work);
        this.settlements = new Settlements(shard, term, loop, this::mark);
        this.redrives = new Redrives(shard, term, context, loop, drivers, this::mark);
    }

    LocalShard shard() {
        return shard;
    }

    long term() {
        return term;
    }

    /** The queues that are taken up. A view that follows. */
    Collection<QueueDriver> drivers() {
        return drivers.values();
    }

    /** A queue; null if it is not taken up. */
    QueueDriver driver(QueueKey key) {
        return drivers.get(key);
    }

    /**
     * Lets a member receive from a queue, which is begun if there is none.
     *
     * @param fromFirst whether it begins at the first record, whatever the group's settings say
     * @return the queue; the member is attached when it completes
     */
    CompletableFuture<QueueDriver> open(QueueSource source, boolean fromFirst, Receiver receiver) {
        CompletableFuture<QueueDriver> opened = new CompletableFuture<>();
        loop.post(() -> open(source, fromFirst, new Opening(receiver, opened)));
        return opened;
    }

    /** Makes records undone that were done, and delivers them again. */
    CompletableFuture<RedriveResult> redrive(QueueKey key, OffsetSet offsets) {
        CompletableFuture<RedriveResult> redriven = new CompletableFuture<>();
        loop.post(
                () -> {
                    if (endReason == null) {
                        redrives.add(key, offsets, redriven);
                    } else {
                        redriven.completeExceptionally(endReason);
                    }
                });
        return redriven;
    }

    /** Closes the breakers of a group. */
    CompletableFuture<Integer> resume(long groupId) {
        CompletableFuture<Integer> resumed = new CompletableFuture<>();
        loop.post(
                () -> {
                    int count = 0;
                    for (QueueDriver driver : drivers.values()) {
                        if (driver.group().groupId() == groupId) {
                            driver.resume();
                            mark(driver);
                            count++;
                        }
                    }
                    resumed.complete(count);
                });
        return resumed;
    }

    /** Time passes. */
    void tick() {
        if (tickPosted.compareAndSet(false, true)) {
            loop.post(
                    () -> {
                        tickPosted.set(false);
                        settlements.retry();
                        redrives.tick();
                        for (QueueDriver driver : drivers.values()) {
                            if (driver.tick()) {
                                mark(driver);
                            }
                        }
                    });
        }
    }

    /** A queue has changed. Apply thread: this is about whether it is there. */
    void changed(QueueKey key) {
        if (drivers.containsKey(key) == (shard.view().queue(key) == null)) {
            review();
        }
    }

    /** Queues, groups or settings may be others than before. */
    void review() {
        if (reviewPosted.compareAndSet(false, true)) {
            loop.post(
                    () -> {
                        reviewPosted.set(false);
                        reviewNow();
                    });
        }
    }

    /** The term is over: streams end, and nothing that was in delivery is remembered. */
    void end(MillraceException reason) {
        endReason = reason;
        loop.post(
                () -> {
                    redrives.end(reason);
                    drivers.values().forEach(driver -> driver.close(reason));
                    drivers.clear();
                    openings.values()
                            .forEach(
                                    all ->
                                            all.forEach(
                                                    one ->
                                                            one.opened.completeExceptionally(
                                                                    reason)));
                    openings.clear();
                });
    }

    private boolean work() {
        for (int n = 0; n < QUEUES_PER_TURN; n++) {
            QueueDriver driver = marked.poll();
            if (driver == null) {
                break;
            }
            driver.unmark();
            if (driver.drive()) {
                mark(driver);
            }
            settlements.add(driver);
        }
        if (endReason == null) {
            flush();
        }
        return !marked.isEmpty();
    }

    /** Redrives and settlements are never under way together; while both wait, they take turns. */
    private void flush() {
        if (redrives.areUnderWay()) {
            return;
        }
        if (settlersTurn || !redrives.areWaiting()) {
            settlersTurn = false;
            settlements.flush();
        }
        if (redrives.areWaiting() && settlements.isQuiet()) {
            settlersTurn = true;
            redrives.flush();
        }
    }

    private void mark(QueueDriver driver) {
        if (driver.mark()) {
            marked.add(driver);
        }
    }

    private void open(QueueSource source, boolean fromFirst, Opening wanted) {
        if (endReason != null) {
            wanted.opened.completeExceptionally(endReason);
            return;
        }
        QueueDriver driver = takeUp(source);
        if (driver != null) {
            wanted.complete(driver);
            mark(driver);
            return;
        }
        List<Opening> waiting = openings.get(source.key());
        if (waiting != null) {
            waiting.add(wanted);
            return;
        }
        openings.put(source.key(), new ArrayList<>(List.of(wanted)));
        propose(new OpenQueue(source.key(), start(source, fromFirst)))
                .whenComplete((done, error) -> loop.post(() -> opened(source, error)));
    }

    private void opened(QueueSource source, Throwable error) {
        List<Opening> waiting = openings.remove(source.key());
        if (waiting == null) {
            return; // the term is over
        }
        QueueDriver driver = error == null ? takeUp(source) : null;
        for (Opening one : waiting) {
            if (driver != null) {
                one.complete(driver);
                mark(driver);
            } else {
                one.opened.completeExceptionally(error == null ? gone(source) : error);
            }
        }
    }

    /** The driver of a queue that is there; null if it is not. */
    private QueueDriver takeUp(QueueSource source) {
        QueueProgress progress = shard.view().queue(source.key());
        if (progress == null || !source.partition().exists()) {
            return null;
        }
        return drivers.computeIfAbsent(
                source.key(),
                key -> {
                    QueueDriver driver =
                            new QueueDriver(source, progress, ids, context, loop, this::lane);
                    mark(driver);
                    return driver;
                });
    }

    private QueueLane lane(QueueDriver driver) {
        return task ->
                loop.post(
                        () -> {
                            if (!driver.isClosed()) {
                                task.run();
                                mark(driver);
                            }
                        });
    }

    private void reviewNow() {
        if (endReason != null) {
            return;
        }
        QueueIndex now = index.get();
        for (QueueDriver driver : drivers.values()) {
            QueueSource source = driver.source();
            GroupImage group = now.groups().get(source.key().groupId());
            if (!source.partition().exists() || shard.view().queue(source.key()) == null) {
                drivers.remove(source.key());
                driver.close(gone(source));
            } else if (group != null) {
                driver.configure(group);
            }
        }
        for (PartitionView partition : shard.view().partitions()) {
            String topic = now.topics().get(partition.topicId());
            for (QueueKey key : shard.view().queues(partition.partitionId()).keySet()) {
                GroupImage group = now.groups().get(key.groupId());
                if (group != null && topic != null) {
                    takeUp(new QueueSource(group, topic, partition, shard));
                }
            }
        }
    }

    private CompletableFuture<QueueResult> propose(QueueCommand command) {
        return shard.writer()
                .execute(new ChangeQueue(command), term)
                .thenApply(result -> ((QueueChanged) result).result());
    }

    private static long start(QueueSource source, boolean fromFirst) {
        PartitionLog log = source.partition().log();
        boolean earliest =
                fromFirst || GroupConfig.of(source.group().overrides()).start() == Start.EARLIEST;
        return earliest ? Math.min(log.startOffset(), log.endOffset()) : log.endOffset();
    }

    private static MillraceException gone(QueueSource source) {
        return source.partition().exists()
                ? MillraceException.of(
                                ErrorCode.UNKNOWN_GROUP,
                                "group \"%s\" was deleted; look at what groups there are"
                                        .formatted(source.group().name()))
                        .with("group", source.group().name())
                : MillraceException.of(
                                ErrorCode.UNKNOWN_TOPIC,
                                "the topic of %s was deleted; look at what topics there are"
                                        .formatted(source.name()))
                        .with("topic", source.topic());
    }
}
