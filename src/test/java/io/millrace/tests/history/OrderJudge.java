package io.millrace.tests.history;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Judges the order in which the records of one partition lie. Comes after {@link PlaceJudge}. */
final class OrderJudge {

    private static final long NONE = -1;

    private final PartitionRun run;
    private final Sends sends;
    private final Findings findings;
    private final BitSet told = new BitSet();

    OrderJudge(PartitionRun run, Findings findings) {
        this.run = run;
        this.sends = run.sends;
        this.findings = findings;
    }

    void judge() {
        findSendsOutOfOrder();
        findRealTime();
        findSequences();
    }

    /**
     * Whether the order of a record was promised: not of one that had no answer in time. One with
     * an identity is judged by its sequence.
     */
    private boolean isOrdered(int send) {
        return sends.outcome[send] == Sends.ACKNOWLEDGED
                && sends.identity[send] == Sends.NOWHERE
                && sends.storedAt[send] != Sends.NOWHERE;
    }

    private void findSendsOutOfOrder() {
        int[] highest = new int[16];
        Arrays.fill(highest, -1);
        for (int send = 0; send < sends.size(); send++) {
            if (!isOrdered(send)) {
                continue;
            }
            int producer = Value.producer(sends.value[send]);
            if (producer >= highest.length) {
                int old = highest.length;
                highest = Arrays.copyOf(highest, Math.max(producer + 1, old * 2));
                Arrays.fill(highest, old, highest.length, -1);
            }
            int before = highest[producer];
            if (before < 0 || sends.storedAt[send] > sends.storedAt[before]) {
                highest[producer] = send;
            } else {
                told.set(send);
                boolean oneBatch =
                        sends.batch[send] != 0 && sends.batch[send] == sends.batch[before];
                tell(
                        oneBatch ? Anomaly.INT_SEND : Anomaly.NONMONOTONIC_SEND,
                        send,
                        "%s, sent before it, lies at %d",
                        Value.text(sends.value[before]),
                        sends.storedAt[before]);
            }
        }
    }

    private void findRealTime() {
        for (int send = 0; send < sends.size(); send++) {
            long at = sends.storedAt[send];
            if (at != Sends.NOWHERE && at <= sends.acknowledgedBefore[send] && !told.get(send)) {
                tell(
                        Anomaly.REALTIME_ORDER,
                        send,
                        "offset %d was acknowledged when it was sent",
                        sends.acknowledgedBefore[send]);
            }
        }
    }

    private void findSequences() {
        Map<Long, Sequences> byProducerId = new HashMap<>();
        for (int send : inOffsetOrder()) {
            long identity = sends.identity[send];
            long producerId = identity >>> 16;
            Sequences sequences = byProducerId.get(producerId);
            if (sequences == null) {
                sequences = new Sequences(Value.producer(sends.value[send]));
                byProducerId.put(producerId, sequences);
            }
            sequences.take(send, (int) (identity & 0xFFFF));
        }
        byProducerId.values().forEach(Sequences::finish);
    }

    private int[] inOffsetOrder() {
        Places order = new Places();
        for (int send = 0; send < sends.size(); send++) {
            if (sends.identity[send] != Sends.NOWHERE && sends.storedAt[send] != Sends.NOWHERE) {
                order.put(sends.storedAt[send], send + 1L);
            }
        }
        int[] ordered = new int[order.end()];
        int count = 0;
        for (int offset = 0; offset < order.end(); offset++) {
            if (order.at(offset) != Places.NOTHING) {
                ordered[count++] = (int) order.at(offset) - 1;
            }
        }
        return Arrays.copyOf(ordered, count);
    }

    private void tell(Anomaly anomaly, int send, String format, Object... arguments) {
        findings.add(
                anomaly,
                run.partition,
                sends.storedAt[send],
                sends.value[send],
                sends.invoked[send],
                format,
                arguments);
    }

    /** The sequences of one producer id, as they lie in the log. */
    private final class Sequences {
        private final int owner;
        private final BitSet seen = new BitSet();
        private boolean shared;
        private int epoch = -1;
        private long first = NONE;
        private long last = NONE;
        private int lastSend = -1;

        Sequences(int owner) {
            this.owner = owner;
        }

        void take(int send, int sendEpoch) {
            if (Value.producer(sends.value[send]) != owner) {
                if (!shared) {
                    tell(Anomaly.PRODUCER_COLLISION, send, "producer %d has that id too", owner);
                }
                shared = true;
            }
            if (shared) {
                return;
            }
            if (sendEpoch < epoch) {
                tell(Anomaly.STALE_EPOCH, send, "epoch %d after epoch %d", sendEpoch, epoch);
                return;
            }
            if (sendEpoch > epoch) {
                finish();
                epoch = sendEpoch;
                seen.clear();
                first = NONE;
                last = NONE;
            }
            takeSequence(send, sends.sequence[send]);
        }

        private void takeSequence(int send, int sequence) {
            if (seen.get(sequence)) {
                tell(Anomaly.SEQUENCE_DOUBLED, send, "sequence %d is there before", sequence);
            } else if (sequence < last) {
                tell(Anomaly.SEQUENCE_ORDER, send, "sequence %d after %d", sequence, last);
            }
            seen.set(sequence);
            // What was trimmed is not missing.
            first = first == NONE ? (run.logStart > 0 ? sequence : 0) : first;
            last = Math.max(last, sequence);
            lastSend = send;
        }

        private void finish() {
            if (shared || lastSend < 0) {
                return;
            }
            for (int gap = seen.nextClearBit((int) first);
                    gap < last;
                    gap = seen.nextClearBit(seen.nextSetBit(gap))) {
                tell(Anomaly.SEQUENCE_GAP, lastSend, "sequence %d is missing below %d", gap, last);
            }
        }
    }
}
