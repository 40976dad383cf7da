package io.millrace.client.group;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.HeldPartition;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One stay of a partition with this member: what was given, what is done, what is committed. Pure;
 * guarded by its owner's lock.
 *
 * <p>What the user polls is done all at once; what handlers work on is tracked record by record.
 */
final class Held {
    /** Stands for a release that commits nothing: 2^64 - 1. */
    static final long NO_OFFSET = -1;

    /** Stands for an offset that is not known. */
    static final long UNKNOWN = -1;

    /** How far its stay has come. */
    enum State {
        /** Nothing is read yet. */
        STARTING,
        /** Records are given. */
        ACTIVE,
        /** Nothing is given any more; what was given is still in work. */
        REVOKING,
        /** It is somebody else's, or will be. */
        GIVEN_UP
    }

    private final AssignedPartition wire;
    private final TopicPartition partition;
    private final CommitPosition committedBefore;
    private final boolean fromFirst;
    private final boolean tracked;
    private final TreeSet<Long> unfinished = new TreeSet<>();
    private State state = State.STARTING;
    private Position from;
    private long found = UNKNOWN;
    private long retryNanos;
    private long deadlineNanos;
    private long delivered = UNKNOWN;
    private long given = UNKNOWN;
    private long givenCount;
    private long done = UNKNOWN;
    private long committed = UNKNOWN;
    private int running;
    private boolean told;
    private boolean paused;

    /**
     * @param fromFirst whether the coordinator says that all of its records are the group's
     * @param tracked whether each record is reported when it is finished
     */
    Held(
            AssignedPartition wire,
            CommitPosition committedBefore,
            boolean fromFirst,
            boolean tracked) {
        this.wire = wire;
        this.partition = new TopicPartition(wire.getTopic(), wire.getPartition());
        this.committedBefore = committedBefore;
        this.fromFirst = fromFirst;
        this.tracked = tracked;
        if (committedBefore != null) {
            committed = committedBefore.offset();
        }
    }

    /** The partition that a message is about. */
    static TopicPartition partition(AssignedPartition wire) {
        return new TopicPartition(wire.getTopic(), wire.getPartition());
    }

    static Held of(HeldPartition held, boolean tracked) {
        return new Held(
                held.getPartition(),
                held.hasCommittedOffset()
                        ? new CommitPosition(held.getCommittedOffset(), held.getMetadata())
                        : null,
                held.getFromFirstRecord(),
                tracked);
    }

    AssignedPartition wire() {
        return wire;
    }

    TopicPartition partition() {
        return partition;
    }

    /** What was committed when it came. */
    Optional<CommitPosition> committedBefore() {
        return Optional.ofNullable(committedBefore);
    }

    /** Whether it came into being while the group followed its topic. */
    boolean isFromFirst() {
        return fromFirst;
    }

    boolean isStay(AssignedPartition other) {
        return wire.getTopicId() == other.getTopicId()
                && wire.getAssignmentEpoch() == other.getAssignmentEpoch();
    }

    State state() {
        return state;
    }

    void setState(State next) {
        state = next;
    }

    boolean isGivenUp() {
        return state == State.GIVEN_UP;
    }

    /** Where to begin; null: not decided yet. */
    Position from() {
        return from;
    }

    void setFrom(Position position) {
        from = position;
    }

    /** Where its log ended when that was looked for; -1: it was not yet. */
    long found() {
        return found;
    }

    void setFound(long end) {
        found = end;
    }

    /** Whether the user was told that it has come. */
    boolean wasTold() {
        return told;
    }

    void markTold() {
        told = true;
    }

    /** When to look again for where to begin. */
    long retryNanos() {
        return retryNanos;
    }

    void setRetryNanos(long time) {
        retryNanos = time;
    }

    /** When it is taken away. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    void setDeadlineNanos(long time) {
        deadlineNanos = time;
    }

    boolean isPaused() {
        return paused;
    }

    void setPaused(boolean value) {
        paused = value;
    }

    /** A record is given to the user. */
    void gave(long offset) {
        if (delivered == UNKNOWN) {
            done = offset;
            committed = Math.max(committed, offset);
        }
        delivered = offset + 1;
        given = delivered;
        givenCount++;
        if (tracked) {
            unfinished.add(offset);
        }
    }

    /** Everything before this offset that was not given was left out by the filter. */
    void passed(long offset) {
        if (offset > delivered) {
            boolean through = !isBusy();
            delivered = offset;
            if (through) {
                done = offset;
            }
        }
    }

    /** How many records were given. */
    long givenCount() {
        return givenCount;
    }

    /** The user is through with everything that was given. */
    void finishedAll() {
        done = delivered;
    }

    /** A handler wants to begin with a record; false: it is not to be processed any more. */
    boolean begin() {
        if (state != State.ACTIVE) {
            return false;
        }
        running++;
        return true;
    }

    /** A handler is through with a record. */
    void finished(long offset) {
        running--;
        unfinished.remove(offset);
    }

    /** A handler has given a record up: it was not processed. */
    void aborted() {
        running--;
    }

    /** Whether the user works on something of it. */
    boolean isBusy() {
        return tracked ? running > 0 : done < delivered;
    }

    /** The next offset to be given; -1: not known. */
    long delivered() {
        return delivered;
    }

    /** Everything below is done. */
    long done() {
        if (!tracked) {
            return done;
        }
        return unfinished.isEmpty() ? delivered : unfinished.first();
    }

    boolean hasToCommit() {
        return done() > committed;
    }

    /** Whether something was given that is not committed: somebody will get it again. */
    boolean isUncommitted() {
        return given > committed;
    }

    void committed(long offset) {
        committed = Math.max(committed, offset);
    }

    CommittedOffset commit(long offset, String metadata) {
        return CommittedOffset.newBuilder()
                .setPartition(wire)
                .setOffset(offset)
                .setMetadata(metadata)
                .build();
    }
}
