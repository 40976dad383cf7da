package io.millrace.raft;

import java.util.concurrent.CompletableFuture;

/**
 * One replica of one Raft group, on this broker. Thread-safe; no method blocks. Futures complete on
 * Raft's threads: what depends on them must not block either.
 */
public interface Shard {

    /** The shard's number; 0 is the controller. */
    int id();

    /**
     * The term in which this replica leads and has applied all that was committed before; 0 if it
     * does not.
     */
    long leadingTerm();

    /**
     * Proposes an entry. Proposals of one thread are applied in the order of the calls, or fail.
     *
     * @param expectedTerm the term it is meant for; in any other it fails with {@code
     *     NOT_APPLIED_NOT_LEADER}
     */
    void propose(Proposal proposal, long expectedTerm);

    /**
     * Completes once everything that was acknowledged before the call is applied on this replica.
     * Fails with {@link ShardUnavailableException} if there is no leader to ask.
     */
    CompletableFuture<Void> readBarrier();

    /**
     * How old the newest state is that this replica is known to have applied wholly: the time since
     * the last word of the leader whose commit index it has applied, in nanoseconds. 0 while it
     * leads; {@code Long.MAX_VALUE} if unknown, as after a start.
     */
    long stalenessNanos();

    /**
     * Takes a checkpoint now, whatever the schedule says. Completes with the Raft index of the
     * newest durable checkpoint, also when there was nothing new.
     */
    CompletableFuture<Long> checkpoint();

    /** How the replica is. A snapshot of the moment. */
    ShardStatus status();

    /** A part of {@link #status} that costs less. */
    default ShardStanding standing() {
        return ShardStanding.of(status());
    }
}
