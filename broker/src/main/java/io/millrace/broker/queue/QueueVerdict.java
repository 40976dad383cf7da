package io.millrace.broker.queue;

/**
 * Why a queue does or does not move.
 *
 * @param kind in one word
 * @param evidence what shows it, a sentence
 */
public record QueueVerdict(Kind kind, String evidence) {

    /** Deliveries of one record that ran out of time, from which on this is what is wrong. */
    static final int EXPIRIES = 3;

    /** Who took nothing for so long is held to take nothing: between two records that is normal. */
    static final long STILL_MS = 5_000;

    /** The words, as they are on the wire. */
    public enum Kind {
        /** Everything is done. */
        CAUGHT_UP,
        /** It moves. */
        MOVING,
        /** Nobody receives. */
        NO_MEMBER,
        /** All who receive have as much as they take, for a while now. */
        OUT_OF_CREDIT,
        /** Records that were given up cannot be copied to the dead letters. */
        NOT_COPIED,
        /** Deliveries of one record have run out of time again and again. */
        LEASE_EXPIRED,
        /** The broker holds it back. */
        THROTTLED,
        /** Somebody paused it, or it stopped itself. */
        PAUSED,
        /** An old record is not settled, and nothing beyond the window is handed out. */
        NOT_COMMITTING
    }

    /**
     * The verdict of a moment.
     *
     * @param logEnd the offset that the next record of the partition will get
     * @param wallMs milliseconds since 1970 UTC
     */
    public static QueueVerdict of(QueueStatistics queue, long logEnd, long wallMs) {
        long creditlessMs =
                queue.outOfCreditSinceMs() == 0 ? 0 : wallMs - queue.outOfCreditSinceMs();
        if (queue.breakerOpen()) {
            return new QueueVerdict(
                    Kind.PAUSED,
                    "too many of the last "
                            + GiveUpBreaker.SAMPLES
                            + " records were given up; "
                            + queue.givenUp()
                            + " are held back from the dead letters");
        } else if (queue.paused()) {
            return new QueueVerdict(Kind.PAUSED, "the group is paused");
        } else if (queue.floor() >= logEnd && queue.inHand() + queue.redrivenUnread() == 0) {
            return new QueueVerdict(Kind.CAUGHT_UP, "all records below " + logEnd + " are done");
        } else if (queue.members() == 0) {
            return new QueueVerdict(Kind.NO_MEMBER, "nobody receives; " + work(queue));
        } else if (queue.notCopied() > 0) {
            return new QueueVerdict(
                    Kind.NOT_COPIED,
                    queue.notCopied()
                            + " records are given up and cannot be copied to the dead letters: their"
                            + " keys wait; the oldest is record "
                            + queue.notCopiedOffset()
                            + ": "
                            + queue.notCopiedReason());
        } else if (queue.mostExpiredCount() >= EXPIRIES) {
            return new QueueVerdict(
                    Kind.LEASE_EXPIRED,
                    "deliveries of record "
                            + queue.mostExpiredOffset()
                            + " have run out of time "
                            + queue.mostExpiredCount()
                            + " times, the last one with member "
                            + queue.mostExpiredMember());
        } else if (creditlessMs >= STILL_MS) {
            return new QueueVerdict(
                    Kind.OUT_OF_CREDIT,
                    "none of the "
                            + queue.members()
                            + " members has taken more for "
                            + creditlessMs / 1_000
                            + " s; "
                            + work(queue));
        } else if (queue.crowded()) {
            return new QueueVerdict(
                    Kind.THROTTLED,
                    "the queues of the shard have too many records out of order; this one goes on"
                            + " one record at a time");
        } else if (queue.windowFull() && queue.ready() == 0) {
            return new QueueVerdict(
                    Kind.NOT_COMMITTING,
                    "record "
                            + queue.floor()
                            + " is not done, and nothing from "
                            + queue.nextOffset()
                            + " on is handed out before; "
                            + work(queue));
        }
        return new QueueVerdict(Kind.MOVING, work(queue));
    }

    private static String work(QueueStatistics queue) {
        return queue.leased()
                + " in delivery, "
                + queue.ready()
                + " ready, "
                + queue.waiting()
                + " behind "
                + queue.blockedKeys()
                + " keys, "
                + queue.parked()
                + " given back with a delay, "
                + queue.deferred()
                + " for later, "
                + queue.givenUp()
                + " on their way to the dead letters";
    }
}
