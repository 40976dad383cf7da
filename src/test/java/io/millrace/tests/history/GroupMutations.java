package io.millrace.tests.history;

import static io.millrace.tests.history.EventKind.ASSIGNED;
import static io.millrace.tests.history.EventKind.COMMIT_ASKED;
import static io.millrace.tests.history.EventKind.COMMIT_FAILED;
import static io.millrace.tests.history.EventKind.COMMIT_OK;
import static io.millrace.tests.history.EventKind.DELIVERED;
import static io.millrace.tests.history.EventKind.DRAINED;
import static io.millrace.tests.history.EventKind.LOST;
import static io.millrace.tests.history.EventKind.REVOKED;
import static io.millrace.tests.history.EventKind.SEEK;
import static io.millrace.tests.history.EventKind.TAKING;

import io.millrace.tests.history.GeneratedHistory.Event;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** Spoils what a group did in a valid history, in one way at a time. */
final class GroupMutations {

    private final GeneratedHistory history;

    GroupMutations(GeneratedHistory history) {
        this.history = history;
    }

    /**
     * Makes a history show this anomaly, and no other.
     *
     * @throws NoSuchElementException if the history has no place where it could
     */
    void apply(Anomaly anomaly) {
        switch (anomaly) {
            case UNDELIVERED -> stopEarly();
            case DELIVERY_STALLED -> stall();
            case EPOCH_SHARED -> shareEpoch();
            case EPOCH_REGRESSION -> regress();
            case TWO_OWNERS -> overlap();
            case GIVEN_AFTER_LOSS -> giveAfterLoss();
            case FENCED_COMMIT -> acceptFenced();
            case COMMIT_WENT_BACK -> wentBack();
            case COMMIT_INVENTED -> invent();
            case WRONG_START -> history.events.remove(givenBefore(true));
            case GROUP_SKIP -> history.events.remove(givenBefore(false));
            case GROUP_REPEAT -> repeat();
            case COMMIT_SKIPS -> commitTooMuch(1);
            case COMMIT_BEYOND_END -> commitTooMuch(1_000_000);
            default -> throw new IllegalArgumentException(anomaly + " is not of groups");
        }
    }

    private Event any(Predicate<Event> which) {
        return history.shuffled(which).stream().findFirst().orElseThrow();
    }

    private List<Event> of(int partition, Predicate<Event> which) {
        return history.events.stream()
                .filter(event -> event.partition == partition && which.test(event))
                .toList();
    }

    private static <T> T last(List<T> all) {
        return all.stream().reduce((former, latter) -> latter).orElseThrow();
    }

    private static boolean isOf(Event event, Event stay) {
        return event.partition == stay.partition && event.extra == stay.extra;
    }

    private boolean isSought(int partition) {
        return !of(partition, event -> event.kind == SEEK).isEmpty();
    }

    private Event after(Event place, Event added) {
        added.time = place.time;
        history.events.add(history.events.indexOf(place) + 1, added);
        return added;
    }

    /** The last record of a partition, given once; the group claims to be through. */
    private void stopEarly() {
        Event end = any(event -> event.kind == DRAINED);
        List<Event> last =
                of(
                        end.partition,
                        event -> event.kind == DELIVERED && event.offset == end.offset - 1);
        history.events.removeAll(last);
        long given = end.offset - 1;
        of(end.partition, e -> e.kind == COMMIT_ASKED || e.kind == COMMIT_OK || e.kind == ASSIGNED)
                .forEach(event -> event.offset = Math.min(event.offset, given));
        // Nobody begins behind it, or what is given first is not what was committed.
        if (of(end.partition, e -> e.kind == ASSIGNED && e.offset == given).size() > 0) {
            throw new NoSuchElementException("somebody begins at the end");
        }
    }

    private void stall() {
        Event end = any(event -> event.kind == DRAINED);
        List<Event> given =
                of(
                        end.partition,
                        event -> event.kind == DELIVERED && event.offset == end.offset - 1);
        Event first = given.stream().findFirst().orElseThrow();
        for (Event event : history.events) {
            if (event.partition == end.partition && event.time >= first.time) {
                event.time += 10 * GeneratedHistory.HEAL_AFTER_NANOS;
            }
        }
    }

    private void shareEpoch() {
        Event assigned = any(event -> event.kind == ASSIGNED);
        Event again = assigned.copy(otherMember(assigned));
        after(assigned, again);
    }

    private int otherMember(Event event) {
        return event.client == GeneratedHistory.FIRST_MEMBER
                ? GeneratedHistory.FIRST_MEMBER + 1
                : GeneratedHistory.FIRST_MEMBER;
    }

    /** The last stay of a partition gets an epoch below all others. */
    private void regress() {
        Event last =
                any(
                        event ->
                                event.kind == ASSIGNED
                                        && epochs(event.partition).size() > 2
                                        && isLast(event));
        int epoch = last.extra;
        for (Event event : of(last.partition, e -> isOf(e, last) && isOfStay(e))) {
            event.extra = 0;
        }
        if (of(last.partition, e -> e.kind == DELIVERED && e.extra == 0).isEmpty()) {
            throw new NoSuchElementException("nothing is given under epoch " + epoch);
        }
    }

    private static boolean isOfStay(Event event) {
        return switch (event.kind) {
            case ASSIGNED, REVOKED, LOST, DELIVERED, COMMIT_ASKED, COMMIT_OK, COMMIT_FAILED -> true;
            default -> false;
        };
    }

    private List<Integer> epochs(int partition) {
        return of(partition, event -> event.kind == ASSIGNED).stream()
                .map(event -> event.extra)
                .sorted()
                .toList();
    }

    private boolean isLast(Event assigned) {
        return last(epochs(assigned.partition)) == assigned.extra;
    }

    /** Who stood still is given more by a poll that it calls when it is awake. */
    private void overlap() {
        Event lost = any(event -> event.kind == LOST && lateTaking(event) != null);
        Event taking = lateTaking(lost);
        taking.value = taking.time;
    }

    /** What a member that stood still is given after somebody has followed it. */
    private Event lateTaking(Event lost) {
        Event taking = null;
        for (Event event : of(lost.partition, e -> e.client == lost.client)) {
            if (event.kind == TAKING) {
                taking = event;
            } else if (event.kind == DELIVERED && event.extra == lost.extra && taking != null) {
                if (taking.value < taking.time - 1) {
                    return taking;
                }
            } else if (event == lost) {
                return null;
            }
        }
        return null;
    }

    private void giveAfterLoss() {
        Event lost = any(event -> event.kind == LOST && lateTaking(event) != null);
        Event taking = lateTaking(lost);
        Event given =
                of(
                                lost.partition,
                                e -> isOf(e, lost) && e.kind == DELIVERED && e.time > taking.time)
                        .get(0);
        history.events.removeAll(List.of(taking, given));
        taking.value = lost.time + 1;
        taking.time = lost.time + 1;
        given.time = lost.time + 1;
        int at = history.events.indexOf(lost);
        history.events.addAll(at + 1, List.of(taking, given));
    }

    private void acceptFenced() {
        Event lost = any(event -> event.kind == LOST);
        Event refused =
                any(
                        event ->
                                event.kind == COMMIT_FAILED
                                        && isOf(event, lost)
                                        && asked(event).time > followed(lost));
        refused.kind = COMMIT_OK;
    }

    private Event asked(Event answer) {
        return of(answer.partition, e -> e.kind == COMMIT_ASKED && e.value == answer.value).get(0);
    }

    /** When somebody was given the partition after a stay. */
    private long followed(Event stay) {
        return of(stay.partition, e -> e.kind == ASSIGNED && e.extra > stay.extra).stream()
                .findFirst()
                .orElseThrow()
                .time;
    }

    /** A commit of the last but one stay is acknowledged that its successor knows nothing of. */
    private void wentBack() {
        Event assigned =
                any(
                        event ->
                                event.kind == ASSIGNED
                                        && isLast(event)
                                        && event.offset > 0
                                        && !isSought(event.partition)
                                        && hasAck(event));
        List<Event> given = of(assigned.partition, e -> e.kind == DELIVERED && isOf(e, assigned));
        if (given.isEmpty()) {
            throw new NoSuchElementException("the last stay is given nothing");
        }
        assigned.offset--;
        Event again = given.get(0).copy();
        again.offset--;
        again.value = history.log(again.partition).get((int) again.offset);
        history.events.add(history.events.indexOf(given.get(0)), again);
    }

    /** Whether where a stay begins was acknowledged to one before. */
    private boolean hasAck(Event assigned) {
        return !of(
                        assigned.partition,
                        e ->
                                e.kind == COMMIT_OK
                                        && e.offset == assigned.offset
                                        && e.extra < assigned.extra)
                .isEmpty();
    }

    /** A stay begins behind what anybody has committed, but not behind what was given. */
    private void invent() {
        Event assigned =
                any(
                        event ->
                                event.kind == ASSIGNED
                                        && !isSought(event.partition)
                                        && givenAgain(event).size() > 1
                                        && givenAgain(event).get(1).offset > highestAsked(event));
        List<Event> given = givenAgain(assigned);
        assigned.offset = given.get(1).offset;
        history.events.remove(given.get(0));
    }

    /** The highest offset that anybody asked to be committed before a stay. */
    private long highestAsked(Event assigned) {
        return of(assigned.partition, e -> e.kind == COMMIT_ASKED && e.extra < assigned.extra)
                .stream()
                .mapToLong(event -> event.offset)
                .max()
                .orElse(-1);
    }

    /** What a stay is given that one before was given too, from its start on. */
    private List<Event> givenAgain(Event assigned) {
        List<Event> given = of(assigned.partition, e -> e.kind == DELIVERED && isOf(e, assigned));
        int count = 0;
        while (count < given.size() && wasGivenBefore(given.get(count))) {
            count++;
        }
        return given.subList(0, count);
    }

    private boolean wasGivenBefore(Event given) {
        return history.events.stream()
                .takeWhile(event -> event != given)
                .anyMatch(
                        event ->
                                event.kind == DELIVERED
                                        && event.partition == given.partition
                                        && event.extra < given.extra
                                        && event.offset == given.offset);
    }

    /** A record that somebody was given before, at the beginning of a stay or further on. */
    private Event givenBefore(boolean first) {
        Event assigned =
                any(
                        event ->
                                event.kind == ASSIGNED
                                        && !isSought(event.partition)
                                        && givenAgain(event).size() > 1
                                        && of(
                                                                event.partition,
                                                                e ->
                                                                        e.kind == DELIVERED
                                                                                && isOf(e, event))
                                                        .size()
                                                > 2);
        return givenAgain(assigned).get(first ? 0 : 1);
    }

    private void repeat() {
        Event given = any(event -> event.kind == DELIVERED);
        after(given, given.copy());
    }

    /** The last commit of a partition that anybody knows the answer of. */
    private void commitTooMuch(long more) {
        Event end = any(event -> event.kind == DRAINED && !isSought(event.partition));
        Event answer = last(of(end.partition, e -> e.kind == COMMIT_OK));
        if (answer.extra != last(epochs(end.partition))) {
            throw new NoSuchElementException("the last stay has committed nothing");
        }
        Event asked = asked(answer);
        long reached =
                of(end.partition, e -> e.kind == DELIVERED && e.time < asked.time).stream()
                                .mapToLong(event -> event.offset)
                                .max()
                                .orElseThrow()
                        + 1;
        if (reached == end.offset) {
            throw new NoSuchElementException("everything had been given");
        }
        asked.offset = reached + more;
        answer.offset = reached + more;
    }
}
