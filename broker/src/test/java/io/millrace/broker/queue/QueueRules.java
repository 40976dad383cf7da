package io.millrace.broker.queue;

import static io.millrace.broker.queue.SimulatedLog.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of a queue, kept apart from the code that is tested. */
final class QueueRules {

    /** A record of the simulation. */
    record Rec(long offset, long key, boolean isPoison, boolean isFiltered, long deliverAtMs) {}

    /** A delivery, as its member has it. */
    static final class Held {
        final RecordDelivery delivery;
        final int term;
        long deadlineMs;
        boolean isOver;

        Held(RecordDelivery delivery, int term, long deadlineMs) {
            this.delivery = delivery;
            this.term = term;
            this.deadlineMs = deadlineMs;
        }
    }

    final List<Rec> records = new ArrayList<>();
    final Map<Long, Held> lastDelivery = new HashMap<>();
    final Set<Long> deadLetters = new HashSet<>();
    final Map<Long, Long> copyRetryAtMs = new HashMap<>();
    private final Map<Long, Integer> ackedInTerm = new HashMap<>();
    private final Map<Long, Integer> timesDone = new HashMap<>();
    private final Map<Long, Integer> redrives = new HashMap<>();
    private final Map<Long, Integer> deliveriesThatCount = new HashMap<>();
    private final Set<Long> deliveryIds = new HashSet<>();
    private final SimulatedLog log;
    int term;
    int maxDeliveries;
    long leaderClockMs;
    long wallMs;
    long trimmedTo;

    QueueRules(SimulatedLog log) {
        this.log = log;
    }

    Rec rec(long offset) {
        return records.get((int) offset);
    }

    boolean isValid(Held held) {
        return held != null && held.term == term && !held.isOver && leaderClockMs < held.deadlineMs;
    }

    /** Whether the order within its key is promised for a record. */
    private boolean isOrdered(Rec rec) {
        return rec.key != 0
                && rec.deliverAtMs == 0
                && !isSkipped(rec)
                && !redrives.containsKey(rec.offset);
    }

    boolean isSkipped(Rec rec) {
        return rec.isFiltered || rec.offset < trimmedTo;
    }

    Held delivered(RecordDelivery delivery, long leaseMs) {
        long offset = delivery.offset();
        Rec rec = rec(offset);
        QueueProgress progress = log.progress();
        DeliveryMark mark = progress.marks().find(offset);
        require(!progress.isDone(offset), offset + " is done, and delivered");
        require(!rec.isFiltered, offset + " is filtered, and delivered");
        require(rec.deliverAtMs <= wallMs, offset + " is delivered early");
        require(mark == null || mark.dueMs() <= wallMs, offset + " is parked, and delivered");
        require(deliveryIds.add(delivery.deliveryId()), "a delivery id is used twice");
        for (Held held : lastDelivery.values()) {
            Rec other = rec(held.delivery.offset());
            boolean collides = other.offset == offset || rec.key != 0 && other.key == rec.key;
            require(
                    !collides || !isValid(held),
                    offset + " is delivered while " + other.offset + " is in delivery");
        }
        requireOrder(rec, progress, "delivered");
        int counted = mark == null ? 0 : mark.deliveries();
        require(delivery.deliveries() == counted + 1, offset + " has a wrong count");
        require(delivery.deliveries() <= maxDeliveries, offset + " is delivered too often");
        int all = deliveriesThatCount.merge(offset, 1, Integer::sum);
        require(all <= maxDeliveries + term, offset + " is delivered " + all + " times");
        Held held = new Held(delivery, term, leaderClockMs + leaseMs);
        lastDelivery.put(offset, held);
        return held;
    }

    private void requireOrder(Rec rec, QueueProgress progress, String what) {
        if (!isOrdered(rec)) {
            return;
        }
        for (Rec before : records.subList(0, (int) rec.offset)) {
            require(
                    before.key != rec.key || !isOrdered(before) || progress.isDone(before.offset),
                    rec.offset + " is " + what + " before " + before.offset);
        }
    }

    void acked(Held held) {
        ackedInTerm.put(held.delivery.offset(), held.term);
    }

    void returned(Held held) {
        deliveriesThatCount.merge(held.delivery.offset(), -1, Integer::sum);
    }

    /** Before a settlement of a leader is applied. */
    void settling(QueueSettlement settlement, int byTerm) {
        QueueProgress before = log.progress();
        for (long offset : offsets(before.undone(settlement.done()))) {
            boolean isAcked = ackedInTerm.getOrDefault(offset, 0) == byTerm;
            require(isAcked || isSkipped(rec(offset)), offset + " is done, and nobody acked it");
            done(offset, before);
        }
        for (long offset : offsets(before.undone(settlement.dead()))) {
            require(deadLetters.contains(offset), offset + " is dead, without a copy");
            done(offset, before);
        }
    }

    private void done(long offset, QueueProgress before) {
        int times = timesDone.merge(offset, 1, Integer::sum);
        require(times <= 1 + redrives.getOrDefault(offset, 0), offset + " is done twice");
        requireOrder(rec(offset), before, "done");
    }

    void redriven(OffsetSet offsets) {
        for (long offset : offsets(offsets)) {
            redrives.merge(offset, 1, Integer::sum);
            deliveriesThatCount.remove(offset);
        }
    }

    /**
     * With nothing under way, and members that take anything: every record is done, or there is a
     * reason.
     */
    void checkNothingWaitsInVain(QueueStatistics statistics, int window) {
        QueueProgress progress = log.progress();
        long next = statistics.nextOffset();
        boolean isFull = next - statistics.floor() >= window;
        require(isFull == statistics.windowFull(), "wrong about the window");
        require(!isFull || !progress.isDone(statistics.floor()), "the floor is done");
        for (Rec rec : records) {
            boolean explained =
                    progress.isDone(rec.offset)
                            || isHeldBack(rec, progress)
                            || isFull && rec.offset >= next
                            || isBehindItsKey(rec, progress);
            require(explained, rec + " waits in vain");
        }
    }

    private boolean isHeldBack(Rec rec, QueueProgress progress) {
        DeliveryMark mark = progress.marks().find(rec.offset);
        return isValid(lastDelivery.get(rec.offset))
                || rec.deliverAtMs > wallMs
                || copyRetryAtMs.getOrDefault(rec.offset, 0L) > wallMs
                || mark != null && mark.dueMs() > wallMs;
    }

    private boolean isBehindItsKey(Rec rec, QueueProgress progress) {
        return rec.key != 0
                && records.stream()
                        .anyMatch(
                                other ->
                                        other.key == rec.key
                                                && other.offset != rec.offset
                                                && !progress.isDone(other.offset)
                                                && other.deliverAtMs <= wallMs
                                                && isHeldBack(other, progress));
    }

    void checkEnd() {
        for (Rec rec : records) {
            int times = timesDone.getOrDefault(rec.offset, 0);
            int expected = 1 + redrives.getOrDefault(rec.offset, 0);
            require(times == expected, rec.offset + " is done " + times + " times");
            boolean wasGivenUp = deadLetters.contains(rec.offset) || isSkipped(rec);
            require(!rec.isPoison || wasGivenUp, rec.offset + " is poison, and no dead letter");
        }
    }

    static List<Long> offsets(OffsetSet set) {
        List<Long> offsets = new ArrayList<>();
        for (int range = 0; range < set.rangeCount(); range++) {
            for (long o = set.rangeFrom(range); o < set.rangeTo(range); o++) {
                offsets.add(o);
            }
        }
        return offsets;
    }
}
