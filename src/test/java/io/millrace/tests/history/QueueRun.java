package io.millrace.tests.history;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the members of a group in queue mode did in one partition, taken in once in the order of the
 * times. As with {@link GroupRun}, a call that was made before something became known may still
 * give what was on its way.
 */
final class QueueRun {

    private static final long NEVER = Long.MAX_VALUE;
    private static final int FIRST_CAPACITY = 1_024;

    private final int partition;
    private final Findings findings;

    /** By offset, when: first given, last asked for in vain, done, and acknowledged for good. */
    private long[] firstGiven = new long[0];

    private long[] lastCalled = new long[0];
    private long[] doneAsked = new long[0];
    private long[] ackedFrom = new long[0];

    /** By offset: the highest count given, and that of a delivery that was handed back. */
    private int[] highestCount = new int[0];

    private int[] handedBack = new int[0];
    private long[] handedBackFrom = new long[0];
    private boolean[] ackAsked = new boolean[0];
    private boolean[] dead = new boolean[0];

    /** By client: when it called, and its settlements that came too late to be accepted. */
    private final Map<Integer, Long> called = new HashMap<>();

    private final Map<Integer, Set<Long>> late = new HashMap<>();
    private long firstTaken = Stay.NONE;
    private long drained = Stay.NONE;

    QueueRun(int partition, Findings findings) {
        this.partition = partition;
        this.findings = findings;
    }

    void take(Events event) {
        switch (event.kind()) {
            case TAKING -> called.put(event.client(), event.value());
            case RECEIVED -> received(event);
            case SETTLE_ASKED -> asked(event);
            case SETTLE_OK -> settled(event);
            case SETTLE_FAILED -> forget(event);
            case DEAD_LETTER -> dead[at(event)] = true;
            case DRAINED -> drained = Math.max(drained, event.offset());
            default -> throw new IllegalStateException(event.kind() + " is not of a queue");
        }
    }

    /** When a member was given something first; {@link Stay#NONE}: never. */
    long firstTaken() {
        return firstTaken;
    }

    boolean wasDelivered(long offset) {
        return offset < firstGiven.length && firstGiven[(int) offset] != NEVER;
    }

    private void received(Events event) {
        int at = at(event);
        int count = event.extra();
        long asked = called.getOrDefault(event.client(), event.time());
        if (firstTaken == Stay.NONE) {
            firstTaken = event.time();
        }
        if (count < highestCount[at]) {
            // Sent before the other, to a member that stood still: it is judged by whether it can
            // be settled.
            return;
        }
        if (asked > ackedFrom[at]) {
            tell(Anomaly.ACKED_AGAIN, event, "with the delivery count %d", count);
        } else if (count < 1 || asked > handedBackFrom[at] && count <= handedBack[at]) {
            tell(Anomaly.COUNT_WENT_BACK, event, "from %d to %d", handedBack[at], count);
        }
        firstGiven[at] = Math.min(firstGiven[at], event.time());
        lastCalled[at] = Math.max(lastCalled[at], asked);
        highestCount[at] = Math.max(highestCount[at], count);
    }

    private void asked(Events event) {
        int at = at(event);
        Settled fate = Settled.of(event.extra());
        if (fate != Settled.NACKED) {
            doneAsked[at] = Math.min(doneAsked[at], event.time());
        }
        ackAsked[at] |= fate == Settled.ACKED;
        if (highestCount[at] > Settled.count(event.extra())) {
            late.computeIfAbsent(event.client(), client -> new HashSet<>()).add(name(event));
        }
    }

    /** Names a settlement of a client: the record, its delivery, and its fate. */
    private static long name(Events event) {
        return event.offset() << Integer.SIZE | event.extra();
    }

    private boolean forget(Events event) {
        return late.getOrDefault(event.client(), Set.of()).contains(name(event))
                && late.get(event.client()).remove(name(event));
    }

    private void settled(Events event) {
        int at = at(event);
        int count = Settled.count(event.extra());
        if (forget(event)) {
            tell(
                    Anomaly.EXPIRED_SETTLED,
                    event,
                    "the delivery with count %d; one with count %d was given before",
                    count,
                    highestCount[at]);
        }
        switch (Settled.of(event.extra())) {
            case ACKED -> ackedFrom[at] = Math.min(ackedFrom[at], event.time());
            case NACKED -> {
                if (count > handedBack[at]) {
                    handedBack[at] = count;
                    handedBackFrom[at] = event.time();
                }
            }
            case REJECTED -> {}
        }
    }

    /**
     * Judges what shows only now.
     *
     * @param log what lies where, in the end
     */
    void finish(Places log, long logStart, long time) {
        int[] former = new int[Value.KEYS];
        Arrays.fill(former, -1);
        for (int at = (int) logStart; at < log.end() && at < firstGiven.length; at++) {
            long value = log.at(at);
            if (value == Places.NOTHING) {
                continue;
            }
            int key = Value.key(value);
            if (firstGiven[at] != NEVER) {
                if (former[key] >= 0) {
                    judgeOrder(former[key], at, value);
                }
                former[key] = at;
            }
            if (dead[at] && ackedFrom[at] != NEVER) {
                tell(Anomaly.ACKED_DEAD_LETTER, at, value, ackedFrom[at], "acknowledged then");
            }
        }
        for (int at = (int) logStart; at < drained; at++) {
            if (log.at(at) != Places.NOTHING) {
                judgeEnd(at, log.at(at), time);
            }
        }
    }

    private void judgeOrder(int former, int at, long value) {
        if (firstGiven[at] < doneAsked[former] && !dead[former]) {
            tell(Anomaly.KEY_ORDER, at, value, firstGiven[at], "offset %d was not done", former);
        } else if (firstGiven[at] < lastCalled[former]) {
            tell(Anomaly.KEY_ORDER, at, value, firstGiven[at], "offset %d came again", former);
        }
    }

    private void judgeEnd(int at, long value, long time) {
        if (at < dead.length && dead[at]) {
            return;
        }
        if (!wasDelivered(at)) {
            tell(Anomaly.UNDELIVERED, at, value, time, "all below %d is done", drained);
        } else if (!ackAsked[at]) {
            tell(Anomaly.UNDONE, at, value, time, "all below %d is done", drained);
        }
    }

    private int at(Events event) {
        int at = (int) event.offset();
        if (at >= firstGiven.length) {
            grow(Math.max(at + 1, Math.max(FIRST_CAPACITY, firstGiven.length * 2)));
        }
        return at;
    }

    private void grow(int capacity) {
        firstGiven = grown(firstGiven, capacity, NEVER);
        lastCalled = grown(lastCalled, capacity, 0);
        doneAsked = grown(doneAsked, capacity, NEVER);
        ackedFrom = grown(ackedFrom, capacity, NEVER);
        handedBackFrom = grown(handedBackFrom, capacity, NEVER);
        highestCount = Arrays.copyOf(highestCount, capacity);
        handedBack = Arrays.copyOf(handedBack, capacity);
        ackAsked = Arrays.copyOf(ackAsked, capacity);
        dead = Arrays.copyOf(dead, capacity);
    }

    private static long[] grown(long[] array, int capacity, long filler) {
        long[] grown = Arrays.copyOf(array, capacity);
        Arrays.fill(grown, array.length, capacity, filler);
        return grown;
    }

    private void tell(
            Anomaly anomaly,
            int offset,
            long value,
            long time,
            String format,
            Object... arguments) {
        findings.add(anomaly, partition, offset, value, time, format, arguments);
    }

    private void tell(Anomaly anomaly, Events event, String format, Object... arguments) {
        findings.add(
                anomaly, partition, event.offset(), event.value(), event.time(), format, arguments);
    }
}
