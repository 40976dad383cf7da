package io.millrace.raft;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a shard's entries change. All methods are called on one thread of the shard, in index order.
 *
 * <p>{@link #apply} is deterministic: time, ids and random choices are in the entry. It answers bad
 * content with an error result and throws only when this replica cannot go on (its disk failed);
 * the shard then stops.
 */
public interface StateMachine {

    /**
     * Restores the state of a checkpoint. Called once, before anything else, and only if there is
     * one; a state machine that never sees it starts empty.
     *
     * @throws IOException if the state cannot be restored; the shard does not start
     */
    void restore(CheckpointMark mark, ByteBuffer manifest) throws IOException;

    /**
     * Called once after {@link #restore} or in its place, before the first entry is applied. All
     * state that the manifest does not name is stale and may go.
     */
    void started() throws IOException;

    /**
     * Takes over the state of another replica's checkpoint, because this one is too far behind for
     * the log. What is kept of its own stays; what is missing is noted as missing and fetched
     * later: this call must not wait for it. May come before {@link #started} and at any time
     * after.
     *
     * @param replicated what {@link #replicatedPart} gave there
     * @return the state after it, to be made durable as a checkpoint of this replica before
     *     anything else is applied
     * @throws IOException if the state cannot be taken over; the shard stops
     */
    Checkpoint install(CheckpointMark mark, ByteBuffer replicated) throws IOException;

    /**
     * The part of a manifest that other replicas need: without what only says how this broker
     * stores it. Does not depend on the state; called by any thread.
     *
     * @throws IOException if it is no manifest
     */
    ByteBuffer replicatedPart(ByteBuffer manifest) throws IOException;

    /**
     * Whether all that was acknowledged can be read from this replica: false while something is
     * missing that {@link #install} has noted. Such a replica holds back with becoming leader.
     * Called by any thread; must not block.
     */
    default boolean isWhole() {
        return true;
    }

    /**
     * Applies a committed entry. If it throws, the shard stops and the proposal, if any, fails as
     * unknown.
     *
     * @param index Raft index, rising, with gaps where Raft has entries of its own
     * @param term Raft term
     * @param data the entry's bytes; valid during the call
     * @param proposal what this broker proposed for the entry, or null
     */
    void apply(long index, long term, ByteBuffer data, Proposal proposal);

    /** A run of {@link #apply} calls is over for now: a good moment to flush answers. */
    default void applied(long lastIndex) {}

    /** This replica leads from now on, and everything committed before has been applied. */
    void leaderStarted(long term);

    /** This replica does not lead any more. */
    void leaderStopped();

    /**
     * Takes an immutable copy of the state after the last applied entry. Must be cheap: nothing is
     * applied meanwhile. The copy is finished on another thread.
     */
    Checkpoint checkpoint();

    /**
     * Whether disk space waits for checkpoints, so that they should come soon and not after the
     * interval only. Asked ten times a second, by any thread; must not block.
     */
    default boolean wantsCheckpoint() {
        return false;
    }

    /** The shard stopped because of an error; it neither applies nor leads until a restart. */
    void failed(String reason);

    /** An immutable copy of the state, to be made durable elsewhere than on the apply thread. */
    interface Checkpoint {

        /**
         * Forces what the manifest points to (the partition logs, as far as the copy knows them).
         *
         * @throws IOException if a force failed; the broker must stop
         */
        void force() throws IOException;

        /** The manifest, to be handed to {@link StateMachine#restore}; at most 1 GiB. */
        ByteBuffer manifest();

        /**
         * The manifest is durable, and the one before the last is gone: what neither names may go.
         */
        void completed();
    }

    /**
     * Where a checkpoint stands in the Raft log.
     *
     * @param index the last Raft index in it
     * @param term that entry's term
     */
    record CheckpointMark(long index, long term) {}
}
