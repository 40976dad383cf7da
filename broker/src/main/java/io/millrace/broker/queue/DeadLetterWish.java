package io.millrace.broker.queue;

/**
 * A record that is given up, to be copied to the dead letters.
 *
 * @param offset the record
 * @param reason why
 * @param deliveries how often it was delivered
 * @param words the last words about it; may be empty
 * @param attempts how often this leader has tried to copy it, in vain
 */
public record DeadLetterWish(
        long offset, Reason reason, int deliveries, String words, int attempts) {

    /** Why a record is given up. */
    public enum Reason {
        /** A member rejected it. */
        REJECTED,
        /** As many deliveries as are allowed were in vain. */
        DELIVERED_TOO_OFTEN
    }
}
