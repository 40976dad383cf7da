package io.millrace.broker.queue;

import java.util.Comparator;

/** A record that the leader has in hand. At any time it is in the books of its stage alone. */
final class QueuedRecord {

    /** Where it is. All but DEFERRED and WAITING hold their key. */
    enum Stage {
        /** Published for later. */
        DEFERRED,
        /** Behind another of its key. */
        WAITING,
        /** To be handed out. */
        READY,
        /** In delivery. */
        LEASED,
        /** Given back with a delay. */
        PARKED,
        /** What came of it is being made durable. */
        SETTLING,
        /** To be copied to the dead letters, now or after a failure later. */
        GIVEN_UP,
        /** Being copied. */
        COPYING
    }

    /** What is being made durable. */
    enum Change {
        DONE,
        DEAD,
        MARK
    }

    static final Comparator<QueuedRecord> BY_OFFSET = Comparator.comparingLong(r -> r.offset);

    static final Comparator<QueuedRecord> BY_DUE =
            Comparator.<QueuedRecord>comparingLong(r -> r.dueMs).thenComparing(BY_OFFSET);

    static final Comparator<QueuedRecord> BY_DEADLINE =
            Comparator.<QueuedRecord>comparingLong(r -> r.deadlineMs).thenComparing(BY_OFFSET);

    static final Comparator<QueuedRecord> BY_EXPIRIES =
            Comparator.<QueuedRecord>comparingInt(r -> r.expiries).thenComparing(BY_OFFSET);

    final long offset;
    final boolean hasKey;
    final long keyHash;

    /** Deliveries in vain. */
    int deliveries;

    /** Wall time before which it is not to be touched. */
    long dueMs;

    Stage stage;
    boolean holdsKey;

    /** While LEASED; the member and the number of expiries stay for those who ask. */
    long deliveryId;

    String memberId = "";
    long deadlineMs;
    int expiries;

    /** While SETTLING. */
    Change change;

    /** Of the member's word that has not been answered; 0: none. */
    long token;

    /** While given up, or about to be. */
    DeadLetterWish.Reason reason;

    String words = "";

    /** How often it could not be copied, and why not; empty: it is too early to make a fuss. */
    int copyFailures;

    String copyFailure = "";

    /** It cannot be read any more: it is settled at the next opportunity. */
    boolean isGone;

    QueuedRecord(QueueRecord record, DeliveryMark mark) {
        this.offset = record.offset();
        this.hasKey = record.hasKey();
        this.keyHash = record.keyHash();
        this.deliveries = mark == null ? 0 : mark.deliveries();
        this.dueMs = mark == null ? record.deliverAtMs() : mark.dueMs();
    }

    /** Whether a copy stands for it that may be there already, until it is settled. */
    boolean isGivingUp() {
        return stage == Stage.COPYING || stage == Stage.SETTLING && change == Change.DEAD;
    }
}
