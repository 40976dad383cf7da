package io.millrace.broker.subscription;

import io.millrace.broker.reading.ReadTerms;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Position;
import java.io.IOException;

/**
 * The place where one partition is to go on, and the wait until this replica can say what is there.
 * Confined to its session's turn.
 *
 * <p>A replica that lacks what the subscriber asks for waits: after a restart its end may lie
 * behind what it served before. Only a leader that has committed in its term knows that nothing is
 * there, and only once a barrier has shown that it still leads.
 */
final class Arrival {

    private final FollowedPartition followed;
    private final Position position;
    private final long atLeast;
    private final ReadTerms terms;
    private final ShardBarrier barrier;
    private final long deadlineNanos;

    /**
     * @param atLeast all records below this offset must be here; 0: no matter
     * @param deadlineNanos monotonic; the wait fails after it
     */
    Arrival(
            FollowedPartition followed,
            Position position,
            long atLeast,
            ReadTerms terms,
            ShardBarrier barrier,
            long deadlineNanos) {
        this.followed = followed;
        this.position = position;
        this.atLeast = atLeast;
        this.terms = terms;
        this.barrier = barrier;
        this.deadlineNanos = deadlineNanos;
    }

    FollowedPartition followed() {
        return followed;
    }

    /**
     * Goes there if that is possible now.
     *
     * @return whether the partition has arrived
     * @throws MillraceException OFFSET_OUT_OF_RANGE if there is no such place; BEHIND or
     *     LEADER_UNAVAILABLE if the deadline has passed
     */
    boolean tryNow(long nowNanos) throws IOException {
        followed.requireServed();
        MillraceException obstacle = obstacle(nowNanos);
        if (obstacle == null) {
            followed.moveTo(position);
            return true;
        }
        if (nowNanos - deadlineNanos >= 0) {
            throw obstacle;
        }
        return false;
    }

    /** Why this replica cannot serve it now; null if it can. */
    private MillraceException obstacle(long nowNanos) {
        // Before the end is looked at: what is read then is at least what the barrier stands for.
        boolean confirmed = barrier.passed();
        if (needsBarrier() && !confirmed) {
            barrier.ask(nowNanos);
            return unconfirmed();
        }
        ServedPartition served = followed.served();
        long end = served.log().endOffset();
        long wanted = Math.max(atLeast, position.getOffset());
        if (wanted > end) {
            if (!served.leads()) {
                return behind(
                        "it has the records below %d, not yet those up to %d"
                                .formatted(end, wanted));
            }
            if (!confirmed) {
                barrier.ask(nowNanos);
                return unconfirmed();
            }
            throw outOfRange(wanted, end);
        }
        long staleness = served.stalenessNanos();
        return terms.isTooStale(staleness) ? followed.tooStale(terms, staleness) : null;
    }

    /**
     * Whether the position can only be judged at the true log end. What lies below the end known
     * here is served at once, also while nobody leads or a full disk keeps the shard from applying.
     */
    private boolean needsBarrier() {
        return switch (position.getPositionCase()) {
            case LATEST, TIMESTAMP_MS -> !terms.isEventual();
            case EARLIEST, OFFSET, POSITION_NOT_SET -> terms.isLinearizable();
        };
    }

    private MillraceException unconfirmed() {
        return followed.served()
                .redirected(
                        MillraceException.of(
                                ErrorCode.LEADER_UNAVAILABLE,
                                "the leader of %s did not confirm its log end within %d ms; try again"
                                        .formatted(followed.name(), terms.patience().toMillis())));
    }

    private MillraceException behind(String how) {
        return followed.served()
                .redirected(
                        MillraceException.of(
                                ErrorCode.BEHIND,
                                "this replica of %s is behind: %s, after %d ms; turn to the leader"
                                        .formatted(
                                                followed.name(),
                                                how,
                                                terms.patience().toMillis())));
    }

    private MillraceException outOfRange(long wanted, long end) {
        return MillraceException.of(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "offset %d of %s lies above its log end %d; start at latest or below"
                                .formatted(wanted, followed.name(), end))
                .with("offset", wanted)
                .with("log_start_offset", Math.min(end, followed.served().log().startOffset()))
                .with("log_end_offset", end);
    }
}
