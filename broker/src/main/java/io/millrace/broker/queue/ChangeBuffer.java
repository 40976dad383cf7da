package io.millrace.broker.queue;

import io.millrace.broker.queue.QueuedRecord.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is to be made durable, and what is on its way. A change that was not applied is tried again
 * in smaller portions, the lowest settled records first: these make room even where the progress is
 * at a bound.
 */
final class ChangeBuffer {

    static final int MAX_PORTION = 10_000;

    private final QueueKey key;
    private final TreeSet<QueuedRecord> settled = new TreeSet<>(QueuedRecord.BY_OFFSET);
    private final TreeSet<QueuedRecord> marked = new TreeSet<>(QueuedRecord.BY_OFFSET);
    private final List<OffsetRun> skipped = new ArrayList<>();
    private final Map<Long, Portion> underWay = new HashMap<>();
    private int portion = MAX_PORTION;
    private long lastId;

    ChangeBuffer(QueueKey key) {
        this.key = key;
    }

    void add(QueuedRecord record) {
        (record.change == Change.MARK ? marked : settled).add(record);
    }

    /** Offsets of which no record is in hand. */
    void addSkipped(long from, long to) {
        if (!skipped.isEmpty() && skipped.get(skipped.size() - 1).to == from) {
            skipped.set(
                    skipped.size() - 1, new OffsetRun(skipped.get(skipped.size() - 1).from, to));
        } else {
            skipped.add(new OffsetRun(from, to));
        }
    }

    /** Takes out what fits into one change; null if there is nothing. */
    QueueChange drain() {
        List<QueuedRecord> records = new ArrayList<>();
        OffsetSet done = takeSkipped();
        int room = portion - done.rangeCount();
        List<Long> doneOffsets = new ArrayList<>();
        List<Long> deadOffsets = new ArrayList<>();
        while (records.size() < room && !settled.isEmpty()) {
            QueuedRecord record = settled.pollFirst();
            records.add(record);
            (record.change == Change.DONE ? doneOffsets : deadOffsets).add(record.offset);
        }
        List<DeliveryMark> marks = new ArrayList<>();
        while (records.size() < room && !marked.isEmpty()) {
            QueuedRecord record = marked.pollFirst();
            records.add(record);
            marks.add(new DeliveryMark(record.offset, record.deliveries, record.dueMs));
        }
        if (records.isEmpty() && done.isEmpty()) {
            return null;
        }
        underWay.put(++lastId, new Portion(records, done));
        return new QueueChange(
                lastId,
                new QueueSettlement(
                        key,
                        done.union(toSet(doneOffsets)),
                        toSet(deadOffsets),
                        DeliveryMarks.of(marks)));
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
        return settled.isEmpty() && marked.isEmpty() && skipped.isEmpty();
    }

    private Portion take(long id) {
        Portion taken = underWay.remove(id);
        if (taken == null) {
            throw new IllegalArgumentException("there is no change " + id + " under way");
        }
        return taken;
    }

    private OffsetSet takeSkipped() {
        skipped.sort(Comparator.comparingLong(OffsetRun::from));
        OffsetSet.Builder taken = new OffsetSet.Builder();
        int count = Math.min(skipped.size(), portion);
        for (OffsetRun run : skipped.subList(0, count)) {
            taken.add(run.from, run.to);
        }
        skipped.subList(0, count).clear();
        return taken.build();
    }

    private static OffsetSet toSet(List<Long> offsets) {
        return OffsetSet.of(offsets.stream().mapToLong(Long::longValue).toArray());
    }

    private record OffsetRun(long from, long to) {}

    private record Portion(List<QueuedRecord> records, OffsetSet skipped) {}
}
