package io.millrace.tests.history;

import static io.millrace.tests.history.EventKind.DEAD_LETTER;
import static io.millrace.tests.history.EventKind.RECEIVED;
import static io.millrace.tests.history.EventKind.SETTLE_ASKED;
import static io.millrace.tests.history.EventKind.SETTLE_FAILED;
import static io.millrace.tests.history.EventKind.SETTLE_OK;
import static io.millrace.tests.history.EventKind.TAKING;

import io.millrace.tests.history.GeneratedHistory.Event;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** Spoils what a queue did in a valid history, in one way at a time. */
final class QueueMutations {

    private final GeneratedHistory history;

    QueueMutations(GeneratedHistory history) {
        this.history = history;
    }

    /**
     * Makes a history show this anomaly, and no other.
     *
     * @throws NoSuchElementException if the history has no place where it could
     */
    void apply(Anomaly anomaly) {
        switch (anomaly) {
            case UNDELIVERED -> history.events.removeAll(of(plain()));
            case UNDONE -> forget();
            case KEY_ORDER -> hurry();
            case ACKED_AGAIN -> again();
            case COUNT_WENT_BACK -> countAnew();
            case EXPIRED_SETTLED -> acceptExpired();
            case ACKED_DEAD_LETTER -> bury();
            default -> throw new IllegalArgumentException(anomaly + " is not of queues");
        }
    }

    private Event any(Predicate<Event> which) {
        return history.shuffled(which).stream().findFirst().orElseThrow();
    }

    /** All that happened to a record in its queue. */
    private List<Event> of(Event record) {
        return history.events.stream()
                .filter(
                        event ->
                                event.partition == record.partition
                                        && event.offset == record.offset
                                        && isOfQueue(event))
                .toList();
    }

    private static boolean isOfQueue(Event event) {
        return switch (event.kind) {
            case RECEIVED, SETTLE_ASKED, SETTLE_OK, SETTLE_FAILED, DEAD_LETTER -> true;
            default -> false;
        };
    }

    /** A record that was received once and acknowledged. */
    private Event plain() {
        return any(
                event ->
                        event.kind == RECEIVED
                                && of(event).size() == 3
                                && of(event).get(2).kind == SETTLE_OK
                                && Settled.of(of(event).get(2).extra) == Settled.ACKED);
    }

    /** The last of its key was received, and nothing more was heard of it. */
    private void forget() {
        Event record =
                any(event -> event.kind == RECEIVED && of(event).size() == 3 && isLast(event));
        history.events.removeAll(of(record).subList(1, 3));
    }

    private boolean isLast(Event record) {
        return history.events.stream()
                .noneMatch(
                        event ->
                                event.kind == RECEIVED
                                        && event.partition == record.partition
                                        && event.offset > record.offset
                                        && Value.key(event.value) == Value.key(record.value));
    }

    /** A record is received before the one before it of its key is acknowledged. */
    private void hurry() {
        Event first = plain();
        Event asked = of(first).get(1);
        Event second =
                any(
                        event ->
                                event.kind == RECEIVED
                                        && event.partition == first.partition
                                        && event.offset > first.offset
                                        && Value.key(event.value) == Value.key(first.value));
        if (of(second).get(0) != second) {
            throw new NoSuchElementException("it came more than once");
        }
        history.events.remove(second);
        second.time = asked.time - 1;
        history.events.add(history.events.indexOf(asked), second);
    }

    private void again() {
        Event record = any(event -> event.kind == RECEIVED && isLast(event) && isAcked(event));
        Event answer = of(record).get(of(record).size() - 1);
        Event taking = record.copy();
        taking.kind = TAKING;
        taking.value = answer.time + 1;
        taking.time = answer.time + 1;
        Event again = record.copy();
        again.extra = 2;
        again.time = answer.time + 1;
        history.events.addAll(history.events.indexOf(answer) + 1, List.of(taking, again));
    }

    private boolean isAcked(Event record) {
        List<Event> all = of(record);
        return all.size() == 3
                && all.get(2).kind == SETTLE_OK
                && Settled.of(all.get(2).extra) == Settled.ACKED;
    }

    /** What was handed back comes with the count that it had. */
    private void countAnew() {
        Event nacked =
                any(
                        event ->
                                event.kind == SETTLE_OK
                                        && Settled.of(event.extra) == Settled.NACKED
                                        && isAskedForAfter(event));
        for (Event event : of(nacked)) {
            if (event.time <= nacked.time) {
                continue;
            }
            if (event.kind == RECEIVED) {
                event.extra--;
            } else if (event.kind != DEAD_LETTER) {
                event.extra = Settled.of(event.extra).pack(Settled.count(event.extra) - 1);
            }
        }
    }

    /** Whether the record came again next, by a call that was made after an answer. */
    private boolean isAskedForAfter(Event answer) {
        Event again =
                of(answer).stream()
                        .filter(event -> event.kind == RECEIVED && event.time > answer.time)
                        .findFirst()
                        .orElse(null);
        return again != null
                && again.extra == Settled.count(answer.extra) + 1
                && of(answer).stream()
                        .filter(event -> event.kind == RECEIVED && event.time < answer.time)
                        .allMatch(event -> event.extra < again.extra)
                && history.events.stream()
                        .anyMatch(
                                event ->
                                        event.kind == TAKING
                                                && event.client == again.client
                                                && event.partition == again.partition
                                                && event.value > answer.time
                                                && event.time < again.time);
    }

    private void acceptExpired() {
        Event refused =
                any(
                        event ->
                                event.kind == SETTLE_FAILED
                                        && Settled.of(event.extra) == Settled.NACKED
                                        && wasOvertaken(event));
        refused.kind = SETTLE_OK;
    }

    /** Whether a later delivery of the record had been given when this one was to be settled. */
    private boolean wasOvertaken(Event answer) {
        long asked = 0;
        for (Event event : of(answer)) {
            if (event.kind == SETTLE_ASKED && event.extra == answer.extra) {
                asked = event.time;
            }
        }
        for (Event event : of(answer)) {
            if (event.kind == RECEIVED
                    && event.extra > Settled.count(answer.extra)
                    && event.time < asked) {
                return true;
            }
        }
        return false;
    }

    private void bury() {
        Event letter = plain().copy();
        letter.kind = DEAD_LETTER;
        letter.time = history.events.get(history.events.size() - 1).time;
        history.events.add(letter);
    }
}
