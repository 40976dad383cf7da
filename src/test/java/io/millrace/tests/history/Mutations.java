package io.millrace.tests.history;

import static io.millrace.tests.history.EventKind.END_INVOKE;
import static io.millrace.tests.history.EventKind.END_OK;
import static io.millrace.tests.history.EventKind.FINAL_END;
import static io.millrace.tests.history.EventKind.FINAL_READ;
import static io.millrace.tests.history.EventKind.READ;
import static io.millrace.tests.history.EventKind.READ_CORRUPT;
import static io.millrace.tests.history.EventKind.SEND_FAIL;
import static io.millrace.tests.history.EventKind.SEND_IDENTITY;
import static io.millrace.tests.history.EventKind.SEND_INVOKE;
import static io.millrace.tests.history.EventKind.SEND_OK;
import static io.millrace.tests.history.EventKind.SEND_UNKNOWN;

import io.millrace.tests.history.GeneratedHistory.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** Spoils a valid history, in one way at a time. */
final class Mutations {

    private final GeneratedHistory history;

    Mutations(GeneratedHistory history) {
        this.history = history;
    }

    /**
     * Makes a history show this anomaly, and no other.
     *
     * @return false if the history has no place where it could
     */
    boolean apply(Anomaly anomaly) {
        try {
            spoil(anomaly);
            return true;
        } catch (NoSuchElementException e) {
            return false;
        }
    }

    private void spoil(Anomaly anomaly) {
        switch (anomaly) {
            case INCONSISTENT_OFFSET -> acknowledged(event -> event.offset > 0).offset--;
            case DUPLICATE -> duplicate();
            case LOST_WRITE -> unread(notLast().value);
            case UNSEEN -> loseLast();
            case ABORTED_READ -> acknowledged(event -> true).kind = SEND_FAIL;
            case PHANTOM -> phantom();
            case CORRUPT -> any(event -> event.kind == READ).kind = READ_CORRUPT;
            case INT_POLL_SKIP -> history.events.remove(midstOfPoll());
            case INT_NONMONOTONIC_POLL -> repeat(endOfPoll(), false);
            case POLL_SKIP -> skipPoll();
            case NONMONOTONIC_POLL -> repeat(endOfPoll(), true);
            case NONMONOTONIC_SEND -> swap(neighbours(true, false));
            case INT_SEND -> swap(neighbours(true, true));
            case REALTIME_ORDER -> swap(neighbours(false, false));
            case END_REGRESSION -> regress();
            case STALE_END -> staleEnd();
            case UNCOMMITTED_READ -> uncommitted();
            case REPLICA_DIVERGENCE -> diverge();
            case OFFSET_HOLE -> hole();
            case STALLED -> stall();
            case SEQUENCE_ORDER -> swapSequences();
            case SEQUENCE_GAP -> shiftSequences(1);
            case SEQUENCE_DOUBLED -> shiftSequences(-1);
            case RETRY_MOVED -> retryMoved();
            case STALE_EPOCH -> staleEpoch();
            case PRODUCER_COLLISION -> collide();
            default -> throw new IllegalArgumentException(anomaly + " is not of logs");
        }
    }

    private Event any(Predicate<Event> which) {
        return history.shuffled(which).stream().findFirst().orElseThrow();
    }

    private Event acknowledged(Predicate<Event> which) {
        return any(
                event ->
                        event.kind == SEND_OK
                                && !history.hasIdentity(event.value)
                                && which.test(event));
    }

    private Event notLast() {
        return acknowledged(event -> event.offset < history.log(event.partition).size() - 1);
    }

    private void unread(long value) {
        history.events.removeIf(
                event -> event.value == value && (event.kind == READ || event.kind == FINAL_READ));
    }

    private void duplicate() {
        Event end = any(event -> event.kind == FINAL_END);
        long value = history.log(end.partition).get(3);
        for (Event each : history.shuffled(e -> e.kind == FINAL_END)) {
            if (each.partition == end.partition) {
                Event again = each.copy();
                again.kind = FINAL_READ;
                again.value = value;
                history.events.add(history.events.indexOf(each), again);
                each.offset++;
            }
        }
    }

    private void loseLast() {
        int partition = 0;
        List<Long> log = history.log(partition);
        unread(log.get(log.size() - 1));
        history.shuffled(e -> e.kind == FINAL_END && e.partition == partition)
                .forEach(end -> end.offset--);
    }

    private void phantom() {
        long value = notLast().value;
        history.events.removeIf(
                event ->
                        event.value == value
                                && (event.kind == SEND_INVOKE || event.kind == SEND_OK));
    }

    private List<Event> poll(Event member) {
        return history.events.stream()
                .filter(
                        event ->
                                event.kind == READ
                                        && event.client == member.client
                                        && event.partition == member.partition
                                        && event.extra == member.extra)
                .toList();
    }

    private Event midstOfPoll() {
        return any(
                event -> {
                    List<Event> poll = event.kind == READ ? poll(event) : List.of();
                    return poll.size() > 2
                            && poll.get(0) != event
                            && poll.get(poll.size() - 1) != event;
                });
    }

    private Event endOfPoll() {
        return any(
                event -> {
                    List<Event> poll = event.kind == READ ? poll(event) : List.of();
                    return poll.size() > 1 && poll.get(poll.size() - 1) == event;
                });
    }

    private void repeat(Event end, boolean asPollOfItsOwn) {
        Event again = end.copy();
        if (asPollOfItsOwn) {
            again.extra = -1;
        }
        history.events.add(history.events.indexOf(end) + 1, again);
    }

    /** A poll with polls before and after it and no seek in between. */
    private void skipPoll() {
        Event member =
                any(
                        event ->
                                event.kind == READ
                                        && isNeighbourRead(poll(event).get(0), -1)
                                        && isNeighbourRead(
                                                poll(event).get(poll(event).size() - 1), 1));
        history.events.removeAll(poll(member));
    }

    private boolean isNeighbourRead(Event event, int direction) {
        int at = history.events.indexOf(event) + direction;
        while (at >= 0 && at < history.events.size()) {
            Event other = history.events.get(at);
            if (other.client == event.client
                    && other.partition == event.partition
                    && other.kind != END_OK
                    && other.kind != END_INVOKE) {
                return other.kind == READ && other.offset == event.offset + direction;
            }
            at += direction;
        }
        return false;
    }

    /**
     * Two acknowledged neighbours in a log, the first of which nobody had read before the second
     * was sent, and whose acknowledgements no question for the end came between.
     */
    private List<Event> neighbours(boolean sameProducer, boolean sameBatch) {
        for (Event first : history.shuffled(event -> event.kind == SEND_OK)) {
            for (Event second : history.events) {
                if (second.kind == SEND_OK
                        && second.partition == first.partition
                        && second.offset == first.offset + 1
                        && areSwappable(first, second, sameProducer, sameBatch)) {
                    return List.of(first, second);
                }
            }
        }
        throw new NoSuchElementException("no such neighbours");
    }

    private boolean areSwappable(
            Event first, Event second, boolean sameProducer, boolean sameBatch) {
        if (history.hasIdentity(first.value) || history.hasIdentity(second.value)) {
            return false;
        }
        Event firstSent = history.only(SEND_INVOKE, first.value);
        Event secondSent = history.only(SEND_INVOKE, second.value);
        boolean one = first.client == second.client;
        if (one != sameProducer || (one && firstSent.extra == secondSent.extra) != sameBatch) {
            return false;
        }
        if ((first.time < secondSent.time) == sameProducer) {
            return false;
        }
        long from = Math.min(first.time, second.time);
        long to = Math.max(first.time, second.time);
        return history.events.stream()
                .noneMatch(
                        event ->
                                event.partition == first.partition
                                        && (event.kind == READ
                                                        && event.value == first.value
                                                        && event.time < secondSent.time
                                                || event.kind == END_INVOKE
                                                        && event.time > from
                                                        && event.time < to));
    }

    private void swap(List<Event> neighbours) {
        long first = neighbours.get(0).value;
        long second = neighbours.get(1).value;
        neighbours.get(0).offset++;
        neighbours.get(1).offset--;
        for (Event event : history.events) {
            if (event.kind == READ || event.kind == FINAL_READ) {
                if (event.value == first) {
                    event.value = second;
                } else if (event.value == second) {
                    event.value = first;
                }
            }
        }
    }

    private void regress() {
        Event early = any(event -> event.kind == END_OK && laterEnd(event) != null);
        early.offset = laterEnd(early).offset + 1;
    }

    private Event laterEnd(Event end) {
        return history.events.stream()
                .filter(
                        event ->
                                event.kind == END_OK
                                        && event.client == end.client
                                        && event.partition == end.partition
                                        && event.time > end.time)
                .findFirst()
                .orElse(null);
    }

    private void staleEnd() {
        any(event ->
                                event.kind == END_OK
                                        && history.events.stream()
                                                .anyMatch(
                                                        other ->
                                                                other.kind == SEND_OK
                                                                        && other.partition
                                                                                == event.partition
                                                                        && other.time
                                                                                < event.time
                                                                                        - 20_000))
                        .offset =
                0;
    }

    private void uncommitted() {
        for (Event unknown : history.shuffled(event -> event.kind == SEND_UNKNOWN)) {
            if (history.log(unknown.partition).contains(unknown.value)) {
                continue;
            }
            for (Event read : history.shuffled(event -> event.kind == READ)) {
                if (read.partition == unknown.partition && read.time > unknown.time) {
                    read.value = unknown.value;
                    return;
                }
            }
        }
        throw new NoSuchElementException("no unknown record that was not stored");
    }

    private void diverge() {
        Event first = any(e -> e.kind == FINAL_READ && e.node == 2 && e.offset == 4);
        Event second =
                any(
                        e ->
                                e.kind == FINAL_READ
                                        && e.node == 2
                                        && e.partition == first.partition
                                        && e.offset == 5);
        long value = first.value;
        first.value = second.value;
        second.value = value;
    }

    private void hole() {
        Event answer = notLast();
        unread(answer.value);
        answer.kind = SEND_UNKNOWN;
    }

    private void stall() {
        Event last = null;
        for (Event event : history.events) {
            if (event.kind == SEND_OK) {
                last = event;
            }
        }
        last.time += 10 * GeneratedHistory.HEAL_AFTER_NANOS;
    }

    /** The identities of one producer in one partition, in the order of their sequences. */
    private List<Event> identities() {
        Event one = any(event -> event.kind == SEND_IDENTITY && identities(event).size() > 4);
        return identities(one);
    }

    private List<Event> identities(Event one) {
        return new ArrayList<>(
                history.events.stream()
                        .filter(
                                event ->
                                        event.kind == SEND_IDENTITY
                                                && event.client == one.client
                                                && event.partition == one.partition)
                        .toList());
    }

    private void swapSequences() {
        List<Event> identities = identities();
        identities.get(1).extra = 2;
        identities.get(2).extra = 1;
    }

    private void shiftSequences(int by) {
        List<Event> identities = identities();
        identities.subList(2, identities.size()).forEach(event -> event.extra += by);
    }

    private void retryMoved() {
        Event answer = acknowledged(event -> true);
        Event again = answer.copy();
        again.offset++;
        history.events.add(history.events.indexOf(answer) + 1, again);
    }

    private void staleEpoch() {
        List<Event> identities = identities();
        Event lastButOne = identities.get(identities.size() - 2);
        lastButOne.offset++;
        lastButOne.extra = 0;
    }

    private void collide() {
        Event one = any(event -> event.kind == SEND_IDENTITY);
        Event other = any(e -> e.kind == SEND_IDENTITY && e.client != one.client);
        identities(other).forEach(event -> event.offset = one.offset);
        // The other has the same partition too, or nothing would collide.
        Event shared = one.copy();
        shared.partition = other.partition;
        if (identities(shared).isEmpty()) {
            throw new NoSuchElementException("no producer to collide with");
        }
    }
}
