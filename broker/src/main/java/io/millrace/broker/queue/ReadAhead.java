package io.millrace.broker.queue;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** The records in hand, and which are to be read next: along the log, and redriven ones beside. */
final class ReadAhead {

    /** Records that may be ready before more are read. */
    static final int MAX_READY = 1_024;

    /** Redriven records that may be in hand. */
    static final int MAX_REDRIVEN = 1_024;

    private final TreeMap<Long, QueuedRecord> window = new TreeMap<>();
    private final TreeMap<Long, QueuedRecord> redriven = new TreeMap<>();

    /** Redriven and not in hand, with the former mark of those that have one. */
    private final TreeMap<Long, DeliveryMark> unread = new TreeMap<>();

    /** Done by those before this leader, from {@link #next} on. */
    private OffsetSet done;

    private DeliveryMarks marks;
    private long next;

    ReadAhead(QueueProgress progress) {
        this.done = progress.done();
        this.marks = progress.marks();
        this.next = progress.watermark();
        OffsetSet again = progress.redriven();
        for (int range = 0; range < again.rangeCount(); range++) {
            for (long o = again.rangeFrom(range); o < again.rangeTo(range); o++) {
                unread.put(o, marks.find(o));
            }
        }
        moveTo(next);
    }

    QueuedRecord find(long offset) {
        QueuedRecord record = window.get(offset);
        return record != null ? record : redriven.get(offset);
    }

    /** The oldest record that is not done, redriven ones aside. */
    long floor() {
        return window.isEmpty() ? next : window.firstKey();
    }

    long next() {
        return next;
    }

    boolean isWindowFull(int limit) {
        return next - floor() >= limit;
    }

    /** What to read next; null if nothing can be taken. */
    ReadWish wish(int ready, int limit) {
        if (!unread.isEmpty() && redriven.size() < MAX_REDRIVEN) {
            return redrivenRun();
        }
        long room = Math.min(limit - (next - floor()), MAX_READY - ready);
        return room <= 0 ? null : new ReadWish(next, Math.min(next + room, done.nextPresent(next)));
    }

    private ReadWish redrivenRun() {
        long from = unread.firstKey();
        long to = from + 1;
        while (unread.containsKey(to) && to - from < MAX_REDRIVEN - redriven.size()) {
            to++;
        }
        return new ReadWish(from, to);
    }

    /**
     * Takes a record in hand.
     *
     * @return null if it is not wanted: known, done, or beyond the window
     * @throws IllegalArgumentException if records before it have been left out
     */
    QueuedRecord take(QueueRecord record, int limit) {
        long offset = record.offset();
        if (unread.containsKey(offset) && redriven.size() < MAX_REDRIVEN) {
            QueuedRecord taken = new QueuedRecord(record, unread.remove(offset));
            redriven.put(offset, taken);
            return taken;
        }
        if (offset < next || done.contains(offset) || isWindowFull(limit)) {
            return null;
        }
        if (offset != next) {
            throw new IllegalArgumentException(
                    "record "
                            + offset
                            + " where "
                            + next
                            + " is expected; say so if the ones between are to be skipped");
        }
        QueuedRecord taken = new QueuedRecord(record, marks.find(offset));
        window.put(offset, taken);
        moveTo(offset + 1);
        return taken;
    }

    /** Lets go of a record that is done. */
    void remove(QueuedRecord record) {
        if (!window.remove(record.offset, record)) {
            redriven.remove(record.offset);
        }
    }

    /** Reads a record that is not done, even if it was read before; not one that is in hand. */
    void redrive(long offset) {
        if (offset >= next) {
            done = done.minus(OffsetSet.of(offset));
        } else if (find(offset) == null && !unread.containsKey(offset)) {
            unread.put(offset, null);
        }
    }

    /** The records in hand in a range. */
    Map<Long, QueuedRecord> inHand(long from, long to) {
        Map<Long, QueuedRecord> found = new HashMap<>(window.subMap(from, to));
        found.putAll(redriven.subMap(from, to));
        return found;
    }

    /** Reads nothing of a range any more, and tells what of it was still to be read. */
    void skip(long from, long to, RangeConsumer unreadRanges) {
        Iterator<Long> again = unread.subMap(from, to).keySet().iterator();
        while (again.hasNext()) {
            long offset = again.next();
            unreadRanges.accept(offset, offset + 1);
            again.remove();
        }
        if (from > next) {
            throw new IllegalArgumentException(
                    "records from " + from + " are to be skipped, the next one is " + next);
        }
        if (to > next) {
            unreadRanges.accept(next, to);
            moveTo(to);
        }
    }

    int unreadRedriven() {
        return unread.size();
    }

    private void moveTo(long offset) {
        next = done.nextAbsent(offset);
        if (done.nextPresent(next) == Long.MAX_VALUE) {
            done = OffsetSet.EMPTY;
        }
    }

    /** Takes a range of offsets. */
    @FunctionalInterface
    interface RangeConsumer {
        void accept(long from, long to);
    }
}
