package io.millrace.tests.history;

import java.util.Locale;

/** What a log must never show. Each finding has one name, that of its cause. */
public enum Anomaly {
    /** Two values at one offset, or a value acknowledged at one offset and stored at another. */
    INCONSISTENT_OFFSET("two values seen at one offset, or stored elsewhere than acknowledged"),
    /** One value at two offsets. */
    DUPLICATE("one record stored twice"),
    /** Acknowledged, and not in the log, though the log goes on behind it. */
    LOST_WRITE("acknowledged, and not there any more"),
    /** Acknowledged, and the log ends before it. */
    UNSEEN("acknowledged, and the log ends before it"),
    /** Refused, and read all the same. */
    ABORTED_READ("refused, but stored"),
    /** Read, but never sent, or sent to another partition. */
    PHANTOM("never sent here"),
    /** Read, but not what was sent. */
    CORRUPT("not, byte for byte, what was sent"),
    /** Within one poll, records that exist are left out. */
    INT_POLL_SKIP("a poll left records out"),
    /** Within one poll, an offset is not above the one before. */
    INT_NONMONOTONIC_POLL("a poll went back"),
    /** From one poll to the next, records that exist are left out. */
    POLL_SKIP("records were left out between two polls"),
    /** From one poll to the next, the offset is not above the one before. */
    NONMONOTONIC_POLL("a poll went back behind the one before"),
    /** Of one producer, a later record lies before an earlier one. */
    NONMONOTONIC_SEND("stored before an earlier record of its producer"),
    /** The same within one batch. */
    INT_SEND("stored before an earlier record of its batch"),
    /** Sent after another was acknowledged, and stored before it. */
    REALTIME_ORDER("stored before what was acknowledged when it was sent"),
    /** A log end goes back in the eyes of one client. */
    END_REGRESSION("the log end went back"),
    /** A linearizable log end does not count what was acknowledged before it was asked for. */
    STALE_END("the log end left out what was acknowledged"),
    /** Read, and later another value or nothing is in its place. */
    UNCOMMITTED_READ("read, and gone later"),
    /** Replicas differ at the end. */
    REPLICA_DIVERGENCE("replicas differ"),
    /** An offset that nobody holds, in the midst of a log. */
    OFFSET_HOLE("an offset without a record"),
    /** No answer within the bound although nothing was broken. */
    STALLED("no answer in time though nothing was broken"),
    /** Sequences of one producer id and epoch are not in the order of the offsets. */
    SEQUENCE_ORDER("sequences out of order"),
    /** A sequence is missing below a higher one. */
    SEQUENCE_GAP("a sequence is missing"),
    /** A sequence is stored twice, with different records. */
    SEQUENCE_DOUBLED("a sequence stored twice"),
    /** The acknowledgement of a retry names another offset than the first. */
    RETRY_MOVED("a retry was acknowledged elsewhere"),
    /** A record of an old producer epoch lies behind one of a newer epoch. */
    STALE_EPOCH("stored by an epoch that was fenced off"),
    /** One producer id was given to two producers. */
    PRODUCER_COLLISION("two producers with one id");

    private final String meaning;

    Anomaly(String meaning) {
        this.meaning = meaning;
    }

    /** As it is printed, such as lost-write. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String meaning() {
        return meaning;
    }
}
