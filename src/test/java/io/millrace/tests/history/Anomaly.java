package io.millrace.tests.history;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/** What a log, or a group, must never show. Each finding has one name, that of its cause. */
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
    PRODUCER_COLLISION("two producers with one id"),
    /** The group has gone past a record that no member was given. */
    UNDELIVERED(Subject.GROUP, "no member was ever given it"),
    /** A record waited for a member although nothing was broken. */
    DELIVERY_STALLED(Subject.GROUP, "not delivered in time though nothing was broken"),
    /** One assignment epoch was given to two members. */
    EPOCH_SHARED(Subject.GROUP, "two members with one assignment epoch"),
    /** A partition was given away under an epoch below that of an owner before. */
    EPOCH_REGRESSION(Subject.GROUP, "an assignment epoch below one given before"),
    /** A member is given records although another one was given the partition before it asked. */
    TWO_OWNERS(Subject.GROUP, "given to a member after its successor had the partition"),
    /** A member is given records of what it knows to be gone. */
    GIVEN_AFTER_LOSS(Subject.GROUP, "given after the member was told that it has lost it"),
    /** A commit was accepted from a member that somebody had followed before it asked. */
    FENCED_COMMIT(Subject.GROUP, "a commit of a former owner was accepted"),
    /** A member began below what was committed before. */
    COMMIT_WENT_BACK(Subject.GROUP, "the committed offset went back"),
    /** A member began behind everything that anybody has committed. */
    COMMIT_INVENTED(Subject.GROUP, "committed, though nobody had asked for it"),
    /** The first record is not the one that the committed offset names. */
    WRONG_START(Subject.GROUP, "began elsewhere than at the committed offset"),
    /** While a member held a partition, records were left out. */
    GROUP_SKIP(Subject.GROUP, "a member was not given what comes next"),
    /** While a member held a partition, records came again. */
    GROUP_REPEAT(Subject.GROUP, "a member was given a record again"),
    /** Committed, although no member had been given all below. */
    COMMIT_SKIPS(Subject.GROUP, "committed beyond what members had been given"),
    /** Committed, although the log is not that long. */
    COMMIT_BEYOND_END(Subject.GROUP, "committed beyond the log end"),
    /** A queue has gone past a record that is neither acknowledged nor a dead letter. */
    UNDONE(Subject.QUEUE, "neither acknowledged nor among the dead letters"),
    /** Delivered while an earlier record of its key was not done. */
    KEY_ORDER(Subject.QUEUE, "delivered before an earlier record of its key was done"),
    /** Delivered again after its acknowledgement was durable. */
    ACKED_AGAIN(Subject.QUEUE, "delivered again after it was acknowledged"),
    /** A delivery count is not above that of a delivery that was handed back before. */
    COUNT_WENT_BACK(Subject.QUEUE, "the delivery count went back"),
    /** A delivery was settled although the record had been delivered again before. */
    EXPIRED_SETTLED(Subject.QUEUE, "settled by a delivery whose time had run out"),
    /** Acknowledged, and among the dead letters. */
    ACKED_DEAD_LETTER(Subject.QUEUE, "acknowledged, and given up all the same");

    /** What an anomaly is about. */
    enum Subject {
        /** The logs of a topic. */
        LOG,
        /** A group in stream mode. */
        GROUP,
        /** A group in queue mode. */
        QUEUE
    }

    private final Subject subject;
    private final String meaning;

    Anomaly(String meaning) {
        this(Subject.LOG, meaning);
    }

    Anomaly(Subject subject, String meaning) {
        this.subject = subject;
        this.meaning = meaning;
    }

    static Stream<Anomaly> about(Subject subject) {
        return Arrays.stream(values()).filter(each -> each.subject == subject);
    }

    /** As it is printed, such as lost-write. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String meaning() {
        return meaning;
    }
}
