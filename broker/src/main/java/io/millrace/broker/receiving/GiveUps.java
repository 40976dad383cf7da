package io.millrace.broker.receiving;

import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.queue.DeadLetterWish;
import io.millrace.broker.queue.QueueDispatcher;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Copies the records that a queue gives up to the dead letters. Confined to the queue's loop. */
final class GiveUps {

    /** Records that are read for it or being copied. */
    static final int MAX_UNDER_WAY = 16;

    /** A copy that failed is tried again after so long; from then on that it was told, longer. */
    static final long RETRY_MS = 1_000;

    /** It is tried again at least so often: somebody may have mended what was in the way. */
    static final long LONGEST_RETRY_MS = 60_000;

    /** After so many attempts in vain people are told. */
    static final int MANY_ATTEMPTS = 5;

    private final QueueSource source;
    private final QueueContext context;
    private final QueueDispatcher dispatcher;
    private final HeldBatches held;
    private final QueueLane lane;

    /** Their records are to be read first. */
    private final TreeMap<Long, DeadLetterWish> unread = new TreeMap<>();

    private int copying;

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
        gone.keySet()
                .forEach(offset -> dispatcher.copyFailed(offset, context.clock().millis(), ""));
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
        copied.whenComplete((done, failure) -> lane.run(() -> over(group, wish, failure)));
    }

    private void over(GroupImage group, DeadLetterWish wish, Throwable failure) {
        copying--;
        if (failure == null) {
            dispatcher.copied(wish.offset());
            context.listener().givenUp(group.name(), 1);
            return;
        }
        Throwable cause = cause(failure);
        boolean isInVain = cause instanceof MillraceException known && isInVain(known.code());
        int attempts = wish.attempts() + 1;
        boolean tell = isInVain || attempts >= MANY_ATTEMPTS;
        dispatcher.copyFailed(
                wish.offset(),
                context.clock().millis() + (isInVain ? LONGEST_RETRY_MS : delayMs(attempts)),
                tell ? reason(cause) : "");
    }

    /** Twice as long each time, once it is told. */
    private static long delayMs(int attempts) {
        int doublings = Math.max(0, Math.min(attempts - MANY_ATTEMPTS, 10));
        return Math.min(RETRY_MS << doublings, LONGEST_RETRY_MS);
    }

    /** Whether only a change of the group or of its dead-letter topic can help. */
    private static boolean isInVain(ErrorCode code) {
        return code == ErrorCode.BATCH_TOO_LARGE || code == ErrorCode.INVALID_TOPIC_NAME;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private static String reason(Throwable failure) {
        return failure instanceof MillraceException known
                ? known.code() + ": " + known.getMessage()
                : failure.toString();
    }
}
