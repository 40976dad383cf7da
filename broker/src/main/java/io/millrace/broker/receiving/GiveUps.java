package io.millrace.broker.receiving;

import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.queue.DeadLetterWish;
import io.millrace.broker.queue.QueueDispatcher;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies the records that a queue gives up to the dead letters. Confined to the queue's loop. */
final class GiveUps {

    private static final Logger LOG = LoggerFactory.getLogger(GiveUps.class);

    /** Records that are read for it or being copied. */
    static final int MAX_UNDER_WAY = 16;

    /** A copy that failed is tried again after so long. */
    static final long RETRY_MS = 1_000;

    private final QueueSource source;
    private final QueueContext context;
    private final QueueDispatcher dispatcher;
    private final HeldBatches held;
    private final QueueLane lane;

    /** Their records are to be read first. */
    private final TreeMap<Long, DeadLetterWish> unread = new TreeMap<>();

    private int copying;
    private boolean failing;

    GiveUps(
            QueueSource source,
            QueueContext context,
            QueueDispatcher dispatcher,
            HeldBatches held,
            QueueLane lane) {
        this.source = source;
        this.context = context;
        this.dispatcher = dispatcher;
        this.held = held;
        this.lane = lane;
    }

    /** Begins with what is to be given up, as far as its records are in memory. */
    void begin(GroupImage group) {
        int room = MAX_UNDER_WAY - copying - unread.size();
        if (room > 0) {
            for (DeadLetterWish wish : dispatcher.giveUps(room)) {
                unread.put(wish.offset(), wish);
            }
        }
        Iterator<DeadLetterWish> wishes = unread.values().iterator();
        while (wishes.hasNext()) {
            DeadLetterWish wish = wishes.next();
            HeldBatch batch = held.find(wish.offset(), context.nowMs());
            if (batch != null) {
                wishes.remove();
                copy(group, wish, batch);
            }
        }
    }

    /** A record that has to be read; -1 if there is none. */
    long nextUnread() {
        return unread.isEmpty() ? -1 : unread.firstKey();
    }

    /** Records below an offset cannot be read any more, and nobody needs a copy. */
    void trimmed(long logStart) {
        var gone = unread.headMap(logStart);
        gone.keySet().forEach(offset -> dispatcher.copyFailed(offset, context.clock().millis()));
        gone.clear();
    }

    private void copy(GroupImage group, DeadLetterWish wish, HeldBatch batch) {
        copying++;
        DeadLetter letter =
                new DeadLetter(
                        group,
                        source.topic(),
                        source.partition().topicId(),
                        source.partition().partition(),
                        wish,
                        batch.record(wish.offset()));
        CompletableFuture<Void> copied;
        try {
            copied = context.deadLetters().copy(letter);
        } catch (RuntimeException e) {
            copied = CompletableFuture.failedFuture(e);
        }
        copied.whenComplete((done, failure) -> lane.run(() -> over(group, wish.offset(), failure)));
    }

    private void over(GroupImage group, long offset, Throwable failure) {
        copying--;
        if (failure == null) {
            failing = false;
            dispatcher.copied(offset);
            context.listener().givenUp(group.name(), 1);
            return;
        }
        if (!failing) {
            failing = true;
            LOG.warn(
                    "dead letters cannot be written, it is tried again each {} ms group={}"
                            + " partition={}: {}",
                    RETRY_MS,
                    group.name(),
                    source.name(),
                    failure.toString());
        }
        dispatcher.copyFailed(offset, context.clock().millis() + RETRY_MS);
    }
}
