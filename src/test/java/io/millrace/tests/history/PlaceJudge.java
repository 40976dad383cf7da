package io.millrace.tests.history;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Judges where the records of one partition lie: what is lost, doubled, elsewhere, invented. */
final class PlaceJudge {

    private final PartitionRun run;
    private final Sends sends;
    private final Findings findings;
    private final Places log;

    /** Whether everything was read at the end, so that what was not found is not there. */
    private final boolean drained;

    /** Sends that were found on any node. */
    private final BitSet found = new BitSet();

    /** By producer: the first and the last of its sends that were found. */
    private final Map<Integer, int[]> foundRange = new HashMap<>();

    /** Offsets that were acknowledged. */
    private final BitSet claimed = new BitSet();

    PlaceJudge(PartitionRun run, Findings findings) {
        this.run = run;
        this.sends = run.sends;
        this.findings = findings;
        this.drained = !run.finals.isEmpty();
        this.log = drained ? merged() : run.run;
    }

    void judge() {
        findDivergence();
        findDuplicates();
        findRanges();
        for (int send = 0; send < sends.size(); send++) {
            judge(send);
        }
        if (drained) {
            findUncommittedReads();
        } else {
            findConflicts();
        }
        findHoles();
        findSkips();
    }

    /** What lies where, as far as anybody has read. */
    Places log() {
        return log;
    }

    private Places merged() {
        Places merged = new Places();
        for (Places places : run.finals.values()) {
            for (int offset = 0; offset < places.end(); offset++) {
                if (merged.at(offset) == Places.NOTHING && places.at(offset) != Places.NOTHING) {
                    merged.put(offset, places.at(offset));
                }
            }
        }
        return merged;
    }

    private void findDivergence() {
        for (Map.Entry<Integer, Long> node : run.finalEnds.entrySet()) {
            Places places = run.finals.get(node.getKey());
            for (int offset = (int) run.logStart; offset < log.end(); offset++) {
                long here = places.at(offset);
                long there = log.at(offset);
                if (here != there && !run.corrupt.get(offset)) {
                    tell(
                            Anomaly.REPLICA_DIVERGENCE,
                            offset,
                            there,
                            run.lastTime,
                            "node %d has %s",
                            node.getKey(),
                            here == Places.NOTHING ? "nothing" : Value.text(here));
                    if (here != Places.NOTHING) {
                        found.set(sends.find(here));
                    }
                }
            }
        }
    }

    private void findDuplicates() {
        for (int offset = 0; offset < log.end(); offset++) {
            long value = log.at(offset);
            if (value == Places.NOTHING) {
                continue;
            }
            int send = sends.find(value);
            if (sends.storedAt[send] == Sends.NOWHERE) {
                sends.storedAt[send] = offset;
                found.set(send);
            } else {
                tell(
                        Anomaly.DUPLICATE,
                        offset,
                        value,
                        sends.invoked[send],
                        "also at offset %d",
                        sends.storedAt[send]);
            }
        }
    }

    private void judge(int send) {
        long at = sends.acknowledgedAt[send];
        if (sends.outcome[send] == Sends.REFUSED && found.get(send)) {
            tell(Anomaly.ABORTED_READ, send, "it was refused, and read");
        }
        if (sends.outcome[send] != Sends.ACKNOWLEDGED) {
            return;
        }
        if (at >= 0 && at < Places.MAX_OFFSET) {
            claimed.set((int) at);
        }
        if (!found.get(send)) {
            missing(send, at);
        } else if (at >= 0 && sends.storedAt[send] != at && log.at(at) != sends.value[send]) {
            tell(
                    Anomaly.INCONSISTENT_OFFSET,
                    send,
                    "acknowledged at %d, which holds %s; it lies at %d",
                    at,
                    holder(at),
                    sends.storedAt[send]);
        }
    }

    private void missing(int send, long at) {
        if (at >= 0 && (at < run.logStart || run.corrupt.get((int) at))) {
            return;
        }
        if (at < log.end()) {
            tell(
                    Anomaly.LOST_WRITE,
                    send,
                    "acknowledged at %d, which holds %s; %s",
                    at,
                    holder(at),
                    position(send));
        } else if (drained) {
            tell(
                    Anomaly.UNSEEN,
                    send,
                    "acknowledged at %d; everything up to %d was read",
                    at,
                    log.end());
        }
    }

    /** In the middle of what is left of a producer: surely lost. Else the log may begin anew. */
    private String position(int send) {
        int[] range = foundRange.get(Value.producer(sends.value[send]));
        String place =
                range == null
                        ? "the whole"
                        : send < range[0]
                                ? "the beginning"
                                : send > range[1] ? "the end" : "the middle";
        return "it is missing in " + place + " of its producer's records";
    }

    private void findRanges() {
        for (int send = found.nextSetBit(0); send >= 0; send = found.nextSetBit(send + 1)) {
            int[] range = {send, send};
            int last = send;
            foundRange.merge(
                    Value.producer(sends.value[send]),
                    range,
                    (old, added) -> new int[] {old[0], last});
        }
    }

    private void findUncommittedReads() {
        for (int offset = (int) run.logStart; offset < run.run.end(); offset++) {
            uncommitted(offset, run.run.at(offset));
        }
        run.conflicts.forEach((offset, value) -> uncommitted(offset.intValue(), value));
    }

    private void uncommitted(int offset, long value) {
        if (value == Places.NOTHING || value == log.at(offset) || run.corrupt.get(offset)) {
            return;
        }
        int send = sends.find(value);
        boolean toldAsLost =
                sends.outcome[send] == Sends.ACKNOWLEDGED
                        && sends.acknowledgedAt[send] == offset
                        && !found.get(send);
        if (!toldAsLost) {
            tell(
                    Anomaly.UNCOMMITTED_READ,
                    offset,
                    value,
                    sends.invoked[send],
                    "it was read there; at the end the offset holds %s",
                    holder(offset));
        }
    }

    private void findConflicts() {
        run.conflicts.forEach(
                (offset, value) ->
                        tell(
                                Anomaly.INCONSISTENT_OFFSET,
                                offset,
                                value,
                                run.lastTime,
                                "others read %s there",
                                holder(offset)));
    }

    private void findHoles() {
        for (int offset = (int) run.logStart; offset < log.end(); offset++) {
            boolean known =
                    log.at(offset) != Places.NOTHING
                            || run.run.at(offset) != Places.NOTHING
                            || claimed.get(offset)
                            || run.corrupt.get(offset);
            // Where readers began is the first thing known of a log that was not read at the end.
            if (!known && (drained || claimed.previousSetBit(offset) >= 0)) {
                tell(Anomaly.OFFSET_HOLE, offset, 0, run.lastTime, "nobody holds it");
            }
        }
    }

    private void findSkips() {
        for (int skip = 0; skip < run.skips.size(); skip++) {
            long from = Math.max(run.skips.from(skip), run.logStart);
            for (long offset = from; offset < run.skips.to(skip); offset++) {
                long value = log.at(offset);
                if (value != Places.NOTHING) {
                    Anomaly anomaly =
                            run.skips.withinPoll(skip) ? Anomaly.INT_POLL_SKIP : Anomaly.POLL_SKIP;
                    long to = run.skips.to(skip);
                    tell(anomaly, offset, value, run.skips.time(skip), "%d came next", to);
                    break;
                }
            }
        }
    }

    private String holder(long offset) {
        long value = log.at(offset);
        return value == Places.NOTHING ? "nothing" : Value.text(value);
    }

    private void tell(Anomaly anomaly, int send, String format, Object... arguments) {
        tell(
                anomaly,
                sends.acknowledgedAt[send] < 0 ? sends.storedAt[send] : sends.acknowledgedAt[send],
                sends.value[send],
                sends.invoked[send],
                format,
                arguments);
    }

    private void tell(
            Anomaly anomaly,
            long offset,
            long value,
            long time,
            String format,
            Object... arguments) {
        findings.add(anomaly, run.partition, offset, value, time, format, arguments);
    }
}
