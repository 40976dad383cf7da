package io.millrace.broker.queue;

import io.millrace.broker.queue.QueuedRecord.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is to be made durable, and what is on its way. A change that was not applied is tried again
 * in smaller portions, the lowest records first: these make room where the progress is at a bound.
 */
final class ChangeBuffer {

    static final int MAX_PORTION = 10_000;

    private final QueueKey key;
    private final TreeSet<QueuedRecord> waiting = new TreeSet<>(QueuedRecord.BY_OFFSET);

    /** Ranges of which no record is in hand: the first offset, and the one after the last. */
    private final TreeMap<Long, Long> skipped = new TreeMap<>();

    private final Map<Long, Portion> underWay = new HashMap<>();
    private int portion = MAX_PORTION;
    private long lastId;

    ChangeBuffer(QueueKey key) {
        this.key = key;
    }

    void add(QueuedRecord record) {
        waiting.add(record);
    }

    /** Offsets of which no record is in hand; not those that were skipped before. */
    void addSkipped(long from, long to) {
        Map.Entry<Long, Long> before = skipped.lowerEntry(from);
        boolean joins = before != null && before.getValue() == from;
        skipped.put(joins ? before.getKey() : from, to);
    }

    /** Whether an offset waits here without a record. */
    boolean isSkipped(long offset) {
        Map.Entry<Long, Long> range = skipped.floorEntry(offset);
        return range != null && offset < range.getValue();
    }

    /** Takes out what fits into one change; null if there is nothing. */
    QueueChange drain() {
        if (isEmpty()) {
            return null;
        }
        List<QueuedRecord> records = new ArrayList<>();
        OffsetSet.Builder ranges = new OffsetSet.Builder();
        for (int taken = 0; taken < portion && !isEmpty(); taken++) {
            boolean isRecord =
                    skipped.isEmpty()
                            || !waiting.isEmpty() && waiting.first().offset < skipped.firstKey();
            if (isRecord) {
                records.add(waiting.pollFirst());
            } else {
                Map.Entry<Long, Long> range = skipped.pollFirstEntry();
                ranges.add(range.getKey(), range.getValue());
            }
        }
        Portion taken = new Portion(records, ranges.build());
        underWay.put(++lastId, taken);
        return new QueueChange(lastId, taken.settlement(key));
    }

    /** The records of a change that is durable. */
    List<QueuedRecord> confirmed(long id) {
        portion = Math.min(2 * portion, MAX_PORTION);
        return take(id).records;
    }

    /** Puts a change back. */
    void notApplied(long id) {
        Portion back = take(id);
        back.records.forEach(this::add);
        for (int range = 0; range < back.skipped.rangeCount(); range++) {
            addSkipped(back.skipped.rangeFrom(range), back.skipped.rangeTo(range));
        }
        portion = Math.max(1, portion / 2);
    }

    boolean isEmpty() {
        return waiting.isEmpty() && skipped.isEmpty();
    }

    private Portion take(long id) {
        Portion taken = underWay.remove(id);
        if (taken == null) {
            throw new IllegalArgumentException("there is no change " + id + " under way");
        }
        return taken;
    }

    /** What goes into one change. */
    private record Portion(List<QueuedRecord> records, OffsetSet skipped) {

        QueueSettlement settlement(QueueKey key) {
            List<DeliveryMark> marks = new ArrayList<>();
            for (QueuedRecord record : records) {
                if (record.change == Change.MARK) {
                    marks.add(new DeliveryMark(record.offset, record.deliveries, record.dueMs));
                }
            }
            return new QueueSettlement(
                    key, skipped.union(of(Change.DONE)), of(Change.DEAD), DeliveryMarks.of(marks));
        }

        private OffsetSet of(Change change) {
            return OffsetSet.of(
                    records.stream()
                            .filter(record -> record.change == change)
                            .mapToLong(record -> record.offset)
                            .toArray());
        }
    }
}
