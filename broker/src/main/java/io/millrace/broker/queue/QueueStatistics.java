package io.millrace.broker.queue;

/**
 * How a queue stands with its leader, for those who ask why it does not move.
 *
 * @param floor the oldest record that is not done, redriven ones aside
 * @param nextOffset the next one to be read
 * @param ready could be handed out now
 * @param leased in delivery
 * @param waiting behind a record of the same key
 * @param blockedKeys keys with records that wait
 * @param parked given back with a delay
 * @param deferred published for later
 * @param settling on their way to being durable
 * @param givenUp on their way to the dead letters
 * @param notCopied how many of them cannot be copied: it was tried again and again, or is in vain
 * @param notCopiedOffset the oldest of these; -1: none
 * @param notCopiedReason why it cannot be copied, with the way out; empty: none
 * @param redrivenUnread redriven and not read yet
 * @param members who may receive
 * @param membersWithCredit who can take something now
 * @param outOfCreditSinceMs since when none of them can, without a break, milliseconds since 1970
 *     UTC; 0: one can, or there is no member
 * @param windowFull nothing more is read until older records are done
 * @param crowded the queues of the shard take up too much; records are handed out one at a time
 * @param paused somebody paused it
 * @param breakerOpen too many of the last records were given up
 * @param mostExpiredOffset the record whose deliveries ran out of time most often; -1: none
 * @param mostExpiredCount how often, since the leader began
 * @param mostExpiredMember who had it last; empty: none
 * @param nextDueMs when the first parked or deferred record is due, milliseconds since 1970 UTC; 0:
 *     none
 * @param delivered deliveries since the leader began
 * @param expired how many of them ran out of time
 */
public record QueueStatistics(
        long floor,
        long nextOffset,
        int ready,
        int leased,
        int waiting,
        int blockedKeys,
        int parked,
        int deferred,
        int settling,
        int givenUp,
        int notCopied,
        long notCopiedOffset,
        String notCopiedReason,
        int redrivenUnread,
        int members,
        int membersWithCredit,
        long outOfCreditSinceMs,
        boolean windowFull,
        boolean crowded,
        boolean paused,
        boolean breakerOpen,
        long mostExpiredOffset,
        int mostExpiredCount,
        String mostExpiredMember,
        long nextDueMs,
        long delivered,
        long expired) {

    /** How many records the leader has, from reading them until they are durably done. */
    public int inHand() {
        return ready + leased + waiting + parked + deferred + settling + givenUp;
    }
}
