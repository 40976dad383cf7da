package io.millrace.broker.receiving;

import io.millrace.broker.filter.RecordFilter;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.queue.QueueDispatcher;
import io.millrace.broker.queue.QueueRecord;
import io.millrace.broker.queue.ReadWish;
import io.millrace.broker.turns.TurnLoop;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a queue its records: reads ahead what is wanted, reads again what is to be handed out and
 * is not in memory, and counts as done what is filtered or gone. Confined to the queue's loop.
 */
final class RecordFeed {

    private static final Logger LOG = LoggerFactory.getLogger(RecordFeed.class);

    /** What cannot be read is read again after so long. */
    static final long RETRY_MS = 1_000;

    private final QueueSource source;
    private final QueueContext context;
    private final QueueDispatcher dispatcher;
    private final HeldBatches held;
    private final GiveUps giveUps;
    private final PartitionLog log;
    private final QueueReader reader;
    private final QueueLane lane;

    private RecordFilter filter;
    private long notBeforeMs = Long.MIN_VALUE;
    private boolean unreadable;
    private long trimmedBelow;

    /**
     * @param filter which records are wanted; null: all
     * @param lane the way onto the loop
     */
    RecordFeed(
            QueueSource source,
            QueueContext context,
            QueueDispatcher dispatcher,
            HeldBatches held,
            GiveUps giveUps,
            RecordFilter filter,
            TurnLoop loop,
            QueueLane lane) {
        this.source = source;
        this.context = context;
        this.dispatcher = dispatcher;
        this.held = held;
        this.giveUps = giveUps;
        this.log = source.partition().log();
        this.reader = new QueueReader(log, context.reading(), loop, context.limits().readBytes());
        this.filter = filter;
        this.lane = lane;
    }

    /** Takes another filter for what is read from now on; null: all records. */
    void filter(RecordFilter now) {
        filter = now;
        held.clear(); // they were read with the filter before
    }

    /** Whether there is something to do that nobody else tells of. */
    boolean isDue() {
        return unreadable && !isHeldBack() || trimmedBelow < log.startOffset();
    }

    /** Whether nothing is read, since it could not be a moment ago. */
    boolean isHeldBack() {
        return context.nowMs() < notBeforeMs;
    }

    /** What retention has taken away counts as done. */
    void skipTrimmed() {
        long start = log.startOffset();
        if (trimmedBelow < start && source.partition().exists()) {
            trimmedBelow = start;
            dispatcher.skip(0, start);
            giveUps.trimmed(start);
        }
    }

    /** Some records are wanted again, maybe such as are gone. */
    void wantedAgain() {
        trimmedBelow = 0;
    }

    /** Offers what is in memory, as far as it is wanted. */
    void offer() {
        long before = -1;
        for (ReadWish wish = dispatcher.wish();
                wish != null && wish.from() != before;
                wish = dispatcher.wish()) {
            HeldBatch batch = held.find(wish.from(), context.nowMs());
            if (batch == null) {
                return;
            }
            before = wish.from();
            offer(batch, before, Math.min(wish.to(), batch.endOffset()));
        }
    }

    private void offer(HeldBatch batch, long from, long to) {
        for (long offset = from; offset < to; ) {
            QueueRecord record = batch.hints(offset);
            if (record != null) {
                if (dispatcher.offer(record)) {
                    batch.offered();
                } else if (dispatcher.statistics().nextOffset() <= offset) {
                    return; // the window was made smaller meanwhile
                }
                offset++;
            } else {
                long first = offset;
                while (offset < to && batch.hints(offset) == null) {
                    offset++;
                }
                dispatcher.skip(first, offset);
            }
        }
    }

    /**
     * Begins to read what is needed most, unless a read is under way.
     *
     * @param awaited a record that was handed out; -1: none
     * @param done hears of a read that is over: why it failed, or null
     */
    void read(long awaited, Consumer<Throwable> done) {
        if (reader.isBusy() || isHeldBack()) {
            return;
        }
        long from = awaited >= 0 ? awaited : nextToRead();
        if (from >= 0 && from < log.endOffset()) {
            reader.read(
                    from,
                    filter,
                    outcome ->
                            lane.run(
                                    () -> {
                                        over(outcome);
                                        done.accept(outcome.failure());
                                    }));
        }
    }

    /** Holds nothing until something is read again. */
    void rest() {
        reader.close();
        held.clear();
    }

    private long nextToRead() {
        if (giveUps.nextUnread() >= 0) {
            return giveUps.nextUnread();
        }
        ReadWish wish = dispatcher.wish();
        boolean wanted =
                wish != null
                        && held.find(wish.from(), context.nowMs()) == null
                        && !(held.isEnough() && dispatcher.statistics().ready() > 0);
        return wanted ? wish.from() : -1;
    }

    private void over(QueueReader.Outcome outcome) {
        if (outcome.failure() != null) {
            failed(outcome.failure());
        }
        unreadable &= outcome.batches().isEmpty();
        for (HeldBatch batch : outcome.batches()) {
            held.put(batch, context.nowMs());
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof LogReader.TrimmedException) {
            trimmedBelow = 0;
            skipTrimmed();
            return;
        }
        notBeforeMs = context.nowMs() + RETRY_MS;
        if (!unreadable && source.partition().exists()) {
            unreadable = true;
            LOG.warn(
                    "records cannot be read, it is tried again each {} ms group={} partition={}",
                    RETRY_MS,
                    source.group().name(),
                    source.name(),
                    failure);
        }
    }
}
