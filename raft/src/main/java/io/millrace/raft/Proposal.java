package io.millrace.raft;

import java.nio.ByteBuffer;

/**
 * A write on its way through a shard. Exactly one thing happens to each: the state machine meets it
 * in {@link StateMachine#apply} on the broker that proposed it, or {@link #failed} is called.
 */
public interface Proposal {

    /**
     * The bytes of the entry, one or more, between position and limit of an array-backed buffer.
     * Never changed by anybody once proposed: they may still be on their way to the disk or to a
     * slow follower when the proposal is over.
     */
    ByteBuffer data();

    /**
     * Whether it is taken also while the write-ahead log refuses writes: because it is small, and
     * frees disk space or a part of the log when it is applied.
     */
    default boolean freesSpace() {
        return false;
    }

    /**
     * The proposal will not reach {@link StateMachine#apply} on this broker. Called on one of
     * Raft's threads: must not block.
     *
     * @param outcome whether the entry may be applied all the same
     * @param reason a sentence for a person
     */
    void failed(Outcome outcome, String reason);

    /** What is known of a proposal that failed. */
    enum Outcome {
        /**
         * Refused before it was appended anywhere; it will never be applied. The queues are full:
         * of a shard, about 960 proposals are under way at most.
         */
        NOT_APPLIED_BUSY,
        /**
         * Refused before it was appended anywhere: this replica does not lead in the given term.
         */
        NOT_APPLIED_NOT_LEADER,
        /**
         * Refused before it was appended anywhere: the write-ahead log is nearly full and takes
         * nothing until checkpoints have freed a part of it.
         */
        NOT_APPLIED_WAL_FULL,
        /** Appended somewhere, perhaps; it may be applied later, or never. */
        UNKNOWN
    }
}
