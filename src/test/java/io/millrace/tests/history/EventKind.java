package io.millrace.tests.history;

/** What a client did or saw. The codes are those of the files: never change one. */
public enum EventKind {
    /** A record is about to be sent. extra: number of its batch, 0 if not known. */
    SEND_INVOKE(1),
    /** It was acknowledged. offset: where it is stored. */
    SEND_OK(2),
    /** It was refused, and surely not stored. Anything less sure is {@link #SEND_UNKNOWN}. */
    SEND_FAIL(3),
    /** Nothing is known of it: a deadline, a lost connection. */
    SEND_UNKNOWN(4),
    /** How a record was sent. offset: producer id × 65,536 + producer epoch; extra: sequence. */
    SEND_IDENTITY(5),
    /** A record was read while the run went on. extra: number of the poll that gave it. */
    READ(6),
    /** A record was read that is not what anybody sent, byte for byte. */
    READ_CORRUPT(7),
    /** A record was read from one node, after the run. node: which. */
    FINAL_READ(8),
    /** Everything of one node was read, after the run. offset: the end it was read to. */
    FINAL_END(9),
    /** The reader went elsewhere: a seek, an assignment, an allowed gap. */
    POSITION(10),
    /** The log end is asked for, linearizably. */
    END_INVOKE(11),
    /** The answer. offset: the log end. */
    END_OK(12),
    /** The log was trimmed. offset: its start. */
    LOG_START(13),
    /** Something is being broken, concerning all partitions. extra: number of the fault. */
    FAULT(14),
    /** From here on nothing is broken. */
    HEALED(15),
    /**
     * A member of a group was given the partition. extra: the assignment epoch; offset: what was
     * committed, -1: nothing.
     */
    ASSIGNED(16),
    /** A member gives the partition up, in order. extra: the assignment epoch. */
    REVOKED(17),
    /** A member has heard, or found, that the partition is no longer its own. extra: as above. */
    LOST(18),
    /** A poll gave some of the partition, see what follows. value: when the poll was called. */
    TAKING(19),
    /** A member was given a record. extra: the assignment epoch. */
    DELIVERED(20),
    /** A commit is about to be sent. extra: the assignment epoch; value: number of the commit. */
    COMMIT_ASKED(21),
    /** It is durable. Fields as above. */
    COMMIT_OK(22),
    /** It was refused, or nothing is known of it. Fields as above. */
    COMMIT_FAILED(23),
    /** Somebody has moved the committed offset. offset: to where. */
    SEEK(24),
    /** The group has gone through everything up to offset. */
    DRAINED(25),
    /** A member of a queue was given a record. extra: how often it has been delivered. */
    RECEIVED(26),
    /** A delivery is about to be settled. extra: {@link Settled#pack}. */
    SETTLE_ASKED(27),
    /** That is durable. Fields as above. */
    SETTLE_OK(28),
    /** It was refused, or nothing is known of it. Fields as above. */
    SETTLE_FAILED(29),
    /** A copy of the record is among the dead letters. */
    DEAD_LETTER(30),
    /** All members are at work: gaps are measured against what comes until the first fault. */
    STEADY(31);

    private static final EventKind[] BY_CODE = new EventKind[32];

    static {
        for (EventKind kind : values()) {
            BY_CODE[kind.code] = kind;
        }
    }

    private final byte code;

    EventKind(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static EventKind of(byte code) {
        EventKind kind = code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (kind == null) {
            throw new IllegalArgumentException("no kind of event has the code " + code);
        }
        return kind;
    }
}
