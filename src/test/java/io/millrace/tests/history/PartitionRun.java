package io.millrace.tests.history;

import java.util.Arrays;
import java.util.BitSet;
import java.util.TreeMap;

/**
 * The events of one partition, taken in once in the order of their times. What is wrong by itself
 * is told at once; the rest is left in tables for {@link PlaceJudge} and {@link OrderJudge}.
 */
final class PartitionRun {

    private static final long NONE = -1;

    final int partition;
    final Sends sends = new Sends();

    /** What was read during the run, and when first. */
    final Places run = new Places();

    /** Reads of the run that found another value than the first reader of that offset. */
    final TreeMap<Long, Long> conflicts = new TreeMap<>();

    /** What was read at the end, by node. */
    final TreeMap<Integer, Places> finals = new TreeMap<>();

    final TreeMap<Integer, Long> finalEnds = new TreeMap<>();
    final BitSet corrupt = new BitSet();
    final Skips skips = new Skips();
    long logStart;
    long lastTime;
    private final Findings findings;
    private final AckPauses pauses;
    final Deliveries deliveries;
    private final long healed;
    private final long stallNanos;
    private long highestAcknowledged = NONE;
    private long acknowledged;
    private long refused;
    private long unknown;
    private long reads;

    /** By client: its last offset and poll, its last log end, and what was known when it asked. */
    private long[] lastOffset;

    private int[] lastPoll;
    private long[] lastEnd;
    private long[] knownAtEndInvoke;

    PartitionRun(
            int partition,
            Findings findings,
            AckPauses pauses,
            DeliveryGaps gaps,
            long healed,
            long stallNanos) {
        this.partition = partition;
        this.findings = findings;
        this.pauses = pauses;
        this.healed = healed;
        this.stallNanos = stallNanos;
        this.deliveries = new Deliveries(partition, findings, sends, gaps, healed, stallNanos);
    }

    void take(Events events) {
        lastOffset = filled(events.clientCount());
        lastPoll = new int[events.clientCount()];
        lastEnd = filled(events.clientCount());
        knownAtEndInvoke = filled(events.clientCount());
        pauses.begin();
        while (events.next()) {
            takeOne(events);
            lastTime = events.time();
        }
    }

    Counts counts() {
        return new Counts(sends.size(), acknowledged, refused, unknown, reads, deliveries.count());
    }

    private void takeOne(Events event) {
        switch (event.kind()) {
            case SEND_INVOKE ->
                    sends.add(event.value(), event.time(), event.extra(), highestAcknowledged);
            case SEND_IDENTITY -> identity(event);
            case SEND_OK -> acknowledged(event);
            case SEND_FAIL -> answered(event, Sends.REFUSED);
            case SEND_UNKNOWN -> answered(event, Sends.UNKNOWN);
            case READ -> read(event);
            case READ_CORRUPT -> corrupt(event);
            case FINAL_READ -> finalRead(event);
            case FINAL_END -> {
                finals.computeIfAbsent(event.node(), node -> new Places());
                finalEnds.put(event.node(), event.offset());
            }
            case POSITION -> lastOffset[event.client()] = NONE;
            case END_INVOKE -> knownAtEndInvoke[event.client()] = highestAcknowledged;
            case END_OK -> logEnd(event);
            case LOG_START -> logStart = Math.max(logStart, event.offset());
            case FAULT, HEALED, STEADY ->
                    throw new IllegalStateException(event.kind() + " is not of one partition");
            case DELIVERED, RECEIVED -> {
                if (place(event)) {
                    deliveries.take(event);
                }
            }
            default -> deliveries.take(event);
        }
    }

    private void identity(Events event) {
        int send = known(event);
        sends.identity[send] = event.offset();
        sends.sequence[send] = event.extra();
    }

    private void acknowledged(Events event) {
        int send = known(event);
        long offset = event.offset();
        if (sends.outcome[send] == Sends.ACKNOWLEDGED) {
            if (sends.acknowledgedAt[send] != offset) {
                tell(
                        Anomaly.RETRY_MOVED,
                        event,
                        "acknowledged at %d before",
                        sends.acknowledgedAt[send]);
            }
            return;
        }
        answered(event, Sends.ACKNOWLEDGED);
        sends.acknowledgedAt[send] = offset;
        highestAcknowledged = Math.max(highestAcknowledged, offset);
        pauses.acknowledged(event.time());
    }

    private void answered(Events event, byte outcome) {
        int send = known(event);
        if (sends.outcome[send] != Sends.OPEN) {
            return;
        }
        sends.outcome[send] = outcome;
        sends.answered[send] = event.time();
        switch (outcome) {
            case Sends.ACKNOWLEDGED -> acknowledged++;
            case Sends.REFUSED -> refused++;
            default -> unknown++;
        }
        long waited = event.time() - Math.max(healed, sends.invoked[send]);
        if (waited > stallNanos) {
            tell(Anomaly.STALLED, event, "answered %.3f s after it could be", waited / 1e9);
        }
    }

    /** Only what was sent can be answered: else the history itself is wrong. */
    private int known(Events event) {
        int send = sends.find(event.value());
        if (send < 0) {
            throw new IllegalArgumentException(
                    "%s of %s, which was never sent to partition %d"
                            .formatted(event.kind(), Value.text(event.value()), partition));
        }
        return send;
    }

    private void read(Events event) {
        reads++;
        place(event);
        moved(event);
    }

    private boolean place(Events event) {
        if (!isSane(event) || !wasSent(event)) {
            return false;
        }
        if (!run.put(event.offset(), event.value())) {
            conflicts.put(event.offset(), event.value());
        }
        return true;
    }

    private void finalRead(Events event) {
        if (!isSane(event) || !wasSent(event)) {
            return;
        }
        Places places = finals.computeIfAbsent(event.node(), node -> new Places());
        if (!places.put(event.offset(), event.value())) {
            tell(
                    Anomaly.INCONSISTENT_OFFSET,
                    event,
                    "node %d gave %s before",
                    event.node(),
                    Value.text(places.at(event.offset())));
        }
    }

    private boolean isSane(Events event) {
        boolean sane = event.offset() >= 0 && event.offset() < Places.MAX_OFFSET;
        if (!sane) {
            tell(Anomaly.CORRUPT, event, "no log is that long");
        }
        return sane;
    }

    private boolean wasSent(Events event) {
        if (sends.find(event.value()) >= 0) {
            return true;
        }
        tell(Anomaly.PHANTOM, event, "nobody sent it to this partition");
        corrupt.set((int) event.offset());
        return false;
    }

    private void corrupt(Events event) {
        if (isSane(event)) {
            tell(Anomaly.CORRUPT, event, "its checksum or partition is wrong");
            corrupt.set((int) event.offset());
            moved(event);
        }
    }

    private void moved(Events event) {
        int client = event.client();
        long last = lastOffset[client];
        long offset = event.offset();
        boolean withinPoll = last != NONE && lastPoll[client] == event.extra();
        if (last != NONE && offset <= last) {
            Anomaly anomaly =
                    withinPoll ? Anomaly.INT_NONMONOTONIC_POLL : Anomaly.NONMONOTONIC_POLL;
            tell(anomaly, event, "the record before was %d", last);
        } else if (last != NONE && offset > last + 1) {
            skips.add(last + 1, offset, event.time(), withinPoll);
        }
        lastOffset[client] = Math.max(last, offset);
        lastPoll[client] = event.extra();
    }

    private void logEnd(Events event) {
        int client = event.client();
        long end = event.offset();
        if (end <= knownAtEndInvoke[client]) {
            tell(
                    Anomaly.STALE_END,
                    event,
                    "offset %d was acknowledged before",
                    knownAtEndInvoke[client]);
        } else if (end < lastEnd[client]) {
            tell(Anomaly.END_REGRESSION, event, "it was %d before", lastEnd[client]);
        }
        lastEnd[client] = Math.max(end, lastEnd[client]);
    }

    private void tell(Anomaly anomaly, Events event, String format, Object... arguments) {
        findings.add(
                anomaly, partition, event.offset(), event.value(), event.time(), format, arguments);
    }

    private static long[] filled(int size) {
        long[] array = new long[size];
        Arrays.fill(array, NONE);
        return array;
    }
}
