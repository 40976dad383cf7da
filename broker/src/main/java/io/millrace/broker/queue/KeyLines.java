package io.millrace.broker.queue;

import io.millrace.broker.queue.QueuedRecord.Stage;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Keeps the order within a key: one record holds the key, the others wait in a line, by offset. A
 * record without a key never waits.
 */
final class KeyLines {

    private final Map<Long, Line> lines = new HashMap<>();
    private int waiting;
    private int linesWithWaiting;

    /**
     * Lets a record stand in its line; afterwards it holds the key, or waits.
     *
     * @return who held the key until now and waits behind it: one of a later offset that nobody has
     *     got yet; null if none
     */
    QueuedRecord enter(QueuedRecord record) {
        if (!record.hasKey) {
            record.holdsKey = true;
            return null;
        }
        Line line = lines.computeIfAbsent(record.keyHash, key -> new Line());
        QueuedRecord holder = line.holder;
        if (holder == null) {
            line.take(record);
            return null;
        }
        if (holder.stage == Stage.READY && record.offset < holder.offset) {
            line.take(record);
            wait(line, holder);
            return holder;
        }
        wait(line, record);
        return null;
    }

    /**
     * Takes a record out of its line.
     *
     * @return who holds the key now; null if nobody, or if it did not hold the key
     */
    QueuedRecord leave(QueuedRecord record) {
        boolean held = record.holdsKey;
        record.holdsKey = false;
        if (!record.hasKey) {
            return null;
        }
        Line line = lines.get(record.keyHash);
        if (!held) {
            removeWaiting(line, record);
            return null;
        }
        line.holder = null;
        if (!line.hasWaiting()) {
            lines.remove(record.keyHash);
            return null;
        }
        QueuedRecord next = line.waiting.first();
        removeWaiting(line, next);
        line.take(next);
        return next;
    }

    /** Records that do not hold their key. */
    int waiting() {
        return waiting;
    }

    /** Keys with records that wait. */
    int linesWithWaiting() {
        return linesWithWaiting;
    }

    private void wait(Line line, QueuedRecord record) {
        record.holdsKey = false;
        if (line.waiting == null) {
            line.waiting = new TreeSet<>(QueuedRecord.BY_OFFSET);
        }
        linesWithWaiting += line.hasWaiting() ? 0 : 1;
        line.waiting.add(record);
        waiting++;
    }

    private void removeWaiting(Line line, QueuedRecord record) {
        line.waiting.remove(record);
        linesWithWaiting -= line.hasWaiting() ? 0 : 1;
        waiting--;
    }

    /** One key. */
    private static final class Line {

        private QueuedRecord holder;

        /** By offset; null until there is one: most keys never have any. */
        private TreeSet<QueuedRecord> waiting;

        boolean hasWaiting() {
            return waiting != null && !waiting.isEmpty();
        }

        void take(QueuedRecord record) {
            holder = record;
            record.holdsKey = true;
        }
    }
}
