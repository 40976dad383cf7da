package io.millrace.broker.queue;

import io.millrace.broker.queue.QueuedRecord.Change;
import io.millrace.broker.queue.QueuedRecord.Stage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The way of the records from stage to stage, in all stages but in delivery. */
final class RecordCourse {

    private final KeyLines keys = new KeyLines();
    private final ChangeBuffer changes;
    private final GiveUpBreaker breaker = new GiveUpBreaker();
    private final TreeSet<QueuedRecord> ready = new TreeSet<>(QueuedRecord.BY_OFFSET);
    private final TreeSet<QueuedRecord> due = new TreeSet<>(QueuedRecord.BY_DUE);
    private final Deque<QueuedRecord> givenUp = new ArrayDeque<>();

    /** Given up, and cannot be copied. */
    private final TreeSet<QueuedRecord> notCopied = new TreeSet<>(QueuedRecord.BY_OFFSET);

    private final int[] counts = new int[Stage.values().length];
    private QueueSettings settings;
    private long wallMs;

    RecordCourse(QueueKey key, QueueSettings settings, long wallMs) {
        this.changes = new ChangeBuffer(key);
        this.settings = settings;
        this.wallMs = wallMs;
    }

    void configure(QueueSettings settings) {
        this.settings = settings;
    }

    QueueSettings settings() {
        return settings;
    }

    ChangeBuffer changes() {
        return changes;
    }

    GiveUpBreaker breaker() {
        return breaker;
    }

    KeyLines keys() {
        return keys;
    }

    int count(Stage stage) {
        return counts[stage.ordinal()];
    }

    /** When the first of the parked and deferred is due; the largest number if there is none. */
    long nextDueMs() {
        return due.isEmpty() ? Long.MAX_VALUE : due.first().dueMs;
    }

    /** Lets wall time pass; whether anything has become due. */
    boolean tick(long wallMs) {
        this.wallMs = wallMs;
        boolean moved = false;
        while (!due.isEmpty() && due.first().dueMs <= wallMs) {
            QueuedRecord record = due.pollFirst();
            if (record.stage == Stage.DEFERRED) {
                enterLine(record);
            } else if (record.stage == Stage.PARKED) {
                makeReady(record);
            } else {
                givenUp.add(record);
            }
            moved = true;
        }
        return moved;
    }

    /** A record that has just been read. */
    void begin(QueuedRecord record, long deliverAtMs) {
        if (deliverAtMs > wallMs) {
            record.dueMs = Math.max(record.dueMs, deliverAtMs);
            to(Stage.DEFERRED, record);
            due.add(record);
        } else {
            enterLine(record);
        }
    }

    /** Takes out the oldest record that can be handed out: it is in delivery now. Null if none. */
    QueuedRecord pollReady() {
        QueuedRecord record = ready.pollFirst();
        if (record != null) {
            to(Stage.LEASED, record);
        }
        return record;
    }

    /** A delivery that does not count is over. */
    void giveBack(QueuedRecord record) {
        if (record.isGone) {
            settle(Change.DONE, record);
        } else {
            makeReady(record);
        }
    }

    /** A delivery is over and was in vain: first this is counted, durably. */
    void inVain(QueuedRecord record, long delayMs, String words) {
        record.deliveries++;
        if (record.isGone) {
            settle(Change.DONE, record);
            return;
        }
        boolean wasLast = record.deliveries >= settings.maxDeliveries();
        record.dueMs = wasLast || delayMs == 0 ? 0 : wallMs + delayMs;
        record.words = wasLast ? words : "";
        settle(Change.MARK, record);
    }

    /** Nobody is to get a record any more. */
    void giveUp(QueuedRecord record, DeadLetterWish.Reason reason, String words) {
        record.reason = reason;
        record.words = words;
        breaker.finished(true, settings.breakerPercent());
        to(Stage.GIVEN_UP, record);
        givenUp.add(record);
    }

    /** A record was processed. */
    void acknowledge(QueuedRecord record) {
        breaker.finished(false, settings.breakerPercent());
        settle(Change.DONE, record);
    }

    /** Nobody needs a record any more; who has it in hand may still finish. */
    void forget(QueuedRecord record) {
        record.isGone = true;
        switch (record.stage) {
            case LEASED, SETTLING, COPYING -> {
                return;
            }
            case WAITING -> keys.leave(record);
            case READY -> ready.remove(record);
            case DEFERRED, PARKED, GIVEN_UP -> due.remove(record);
        }
        settle(Change.DONE, record);
    }

    /** The delivery in vain is counted. */
    void counted(QueuedRecord record) {
        if (record.isGone) {
            settle(Change.DONE, record);
        } else {
            goOn(record);
        }
    }

    /** A record is done: the next of its key goes on. */
    void finished(QueuedRecord record) {
        counts[record.stage.ordinal()]--;
        if (record.holdsKey) {
            QueuedRecord next = keys.leave(record);
            if (next != null) {
                goOn(next);
            }
        }
    }

    /** Takes out records that are to be copied to the dead letters. */
    List<DeadLetterWish> pollGivenUp(int most) {
        List<DeadLetterWish> wishes = new ArrayList<>();
        while (wishes.size() < most && !givenUp.isEmpty()) {
            QueuedRecord record = givenUp.poll();
            if (record.stage == Stage.GIVEN_UP) { // else it was forgotten meanwhile
                to(Stage.COPYING, record);
                wishes.add(
                        new DeadLetterWish(
                                record.offset,
                                record.reason,
                                record.deliveries,
                                record.words,
                                record.copyFailures));
            }
        }
        return wishes;
    }

    void copied(QueuedRecord record) {
        settle(Change.DEAD, record);
    }

    void copyFailed(QueuedRecord record, long retryAtMs, String why) {
        if (record.isGone) {
            settle(Change.DONE, record);
            return;
        }
        record.copyFailures++;
        record.copyFailure = why;
        if (!why.isEmpty()) {
            notCopied.add(record);
        }
        to(Stage.GIVEN_UP, record);
        record.dueMs = retryAtMs;
        due.add(record);
    }

    /** Tries again at once what could not be copied. */
    void retryCopies() {
        for (QueuedRecord record : notCopied) {
            if (record.stage == Stage.GIVEN_UP && due.remove(record)) {
                givenUp.add(record);
            }
        }
    }

    /** What could not be copied, by rising offset. */
    SortedSet<QueuedRecord> notCopied() {
        return notCopied;
    }

    private void enterLine(QueuedRecord record) {
        QueuedRecord displaced = keys.enter(record);
        if (displaced != null) {
            ready.remove(displaced);
            to(Stage.WAITING, displaced);
        }
        if (record.holdsKey) {
            goOn(record);
        } else {
            to(Stage.WAITING, record);
        }
    }

    /** What is next for a record that holds its key. */
    private void goOn(QueuedRecord record) {
        if (record.deliveries >= settings.maxDeliveries()) {
            giveUp(record, DeadLetterWish.Reason.DELIVERED_TOO_OFTEN, record.words);
        } else if (record.dueMs > wallMs) {
            to(Stage.PARKED, record);
            due.add(record);
        } else {
            makeReady(record);
        }
    }

    private void makeReady(QueuedRecord record) {
        to(Stage.READY, record);
        ready.add(record);
    }

    private void settle(Change change, QueuedRecord record) {
        notCopied.remove(record);
        record.change = change;
        to(Stage.SETTLING, record);
        changes.add(record);
    }

    private void to(Stage stage, QueuedRecord record) {
        if (record.stage != null) {
            counts[record.stage.ordinal()]--;
        }
        record.stage = stage;
        counts[stage.ordinal()]++;
    }
}
