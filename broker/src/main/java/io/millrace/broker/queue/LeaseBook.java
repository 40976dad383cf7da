package io.millrace.broker.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The records in delivery: who has which, and for how long. */
final class LeaseBook {

    private final TreeSet<QueuedRecord> byDeadline = new TreeSet<>(QueuedRecord.BY_DEADLINE);
    private final Map<String, TreeSet<QueuedRecord>> byMember = new HashMap<>();

    void add(QueuedRecord record, String memberId, long deliveryId, long deadlineMs) {
        record.memberId = memberId;
        record.deliveryId = deliveryId;
        record.deadlineMs = deadlineMs;
        byDeadline.add(record);
        byMember.computeIfAbsent(memberId, id -> new TreeSet<>(QueuedRecord.BY_OFFSET)).add(record);
    }

    void extend(QueuedRecord record, long deadlineMs) {
        byDeadline.remove(record);
        record.deadlineMs = deadlineMs;
        byDeadline.add(record);
    }

    void remove(QueuedRecord record) {
        byDeadline.remove(record);
        TreeSet<QueuedRecord> own = byMember.get(record.memberId);
        own.remove(record);
        if (own.isEmpty()) {
            byMember.remove(record.memberId);
        }
        record.deliveryId = 0;
    }

    /** Takes out one whose time is over; null if there is none. */
    QueuedRecord pollExpired(long nowMs) {
        if (byDeadline.isEmpty() || byDeadline.first().deadlineMs > nowMs) {
            return null;
        }
        QueuedRecord record = byDeadline.first();
        remove(record);
        return record;
    }

    /** What a member has, by rising offset. A copy. */
    List<QueuedRecord> of(String memberId) {
        TreeSet<QueuedRecord> own = byMember.get(memberId);
        return own == null ? List.of() : List.copyOf(own);
    }

    /** When the next one is over; the largest number if there is none. */
    long nextDeadlineMs() {
        return byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.first().deadlineMs;
    }

    int size() {
        return byDeadline.size();
    }
}
