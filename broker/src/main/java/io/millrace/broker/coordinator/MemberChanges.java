package io.millrace.broker.coordinator;

import io.millrace.broker.group.GroupState;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.MemberRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Takes what members want to be written: checks it, keeps the order of each member, and has it
 * written. Used on the coordinator's lane.
 */
final class MemberChanges {

    private static final int RETRY_MS = 1_000;

    /** How long a change is tried again while the shard is busy. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final CoordinatorContext context;
    private final String name;
    private final LogEndBook ends;
    private final ChangeQueue queue;
    private final Runnable soon;
    private final UnaryOperator<MillraceException> hinted;

    /**
     * @param name the group's name
     * @param soon asks for a call of {@link #propose} a few milliseconds later
     * @param hinted adds to a failure where else to turn to
     */
    MemberChanges(
            CoordinatorContext context,
            long groupId,
            String name,
            GroupLog log,
            TurnLoop lane,
            Runnable soon,
            UnaryOperator<MillraceException> hinted) {
        this.context = context;
        this.name = name;
        this.ends = new LogEndBook(context.ends(), lane);
        this.queue =
                new ChangeQueue(groupId, log, context.clock(), context.nanoTime(), this::unwritten);
        this.soon = soon;
        this.hinted = hinted;
    }

    /**
     * A commit, a release or a farewell.
     *
     * @throws MillraceException if it breaks the rules or there is too much of it
     */
    void take(MemberSession session, MemberRequest request, GroupState group) {
        MemberChange change =
                switch (request.getRequestCase()) {
                    case COMMIT ->
                            change(
                                    session,
                                    MemberChange.Kind.COMMIT,
                                    request.getCommit().getCorrelationId(),
                                    request.getCommit().getOffsetsList(),
                                    request);
                    case RELEASE ->
                            change(
                                    session,
                                    MemberChange.Kind.RELEASE,
                                    request.getRelease().getCorrelationId(),
                                    request.getRelease().getPartitionsList(),
                                    request);
                    default ->
                            change(
                                    session,
                                    MemberChange.Kind.LEAVE,
                                    0,
                                    request.getLeave().getOffsetsList(),
                                    request);
                };
        if (!session.hasRoom()) {
            throw MillraceException.of(
                    ErrorCode.OVERLOADED,
                    "%d requests of the member are unanswered; wait for answers before more is sent"
                            .formatted(MemberSession.MAX_UNANSWERED));
        }
        if (!queue.reserve(change)) {
            throw MillraceException.of(
                            ErrorCode.OVERLOADED,
                            "too much waits to be written for group \"%s\"; commit less often, or"
                                            .formatted(name)
                                    + " shorter metadata")
                    .withRetryAfterMs(RETRY_MS);
        }
        session.begin(change);
        new CommitCheck(
                        group,
                        ends,
                        change,
                        () -> {
                            change.markChecked();
                            passOn(session);
                        })
                .run();
    }

    private MemberChange change(
            MemberSession session,
            MemberChange.Kind kind,
            long correlationId,
            List<CommittedOffset> offsets,
            MemberRequest request) {
        return new MemberChange(
                session,
                kind,
                correlationId,
                request.getLeave().getRestarting(),
                offsets,
                request.getSerializedSize(),
                context.nanoTime().getAsLong() + PATIENCE_NANOS);
    }

    /** Hands on what was checked, in the order in which the member said it. */
    private void passOn(MemberSession session) {
        for (MemberChange next = session.nextChecked();
                next != null;
                next = session.nextChecked()) {
            if (next.isEmpty()) {
                queue.release(next);
                next.done(List.of());
            } else {
                queue.add(next);
                soon.run();
            }
        }
    }

    /** Proposes what waits. */
    void propose() {
        queue.propose();
    }

    /** Proposes again what the shard was too busy for. To be called with every tick. */
    void tick() {
        queue.tick();
    }

    /** Whether everything was answered that was handed on. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /**
     * Nothing of a change was written, or nobody knows: then the stream ends, and the member says
     * it again to whoever leads, which changes nothing if it was written.
     */
    private void unwritten(MemberChange change, MillraceException why) {
        boolean endsStream =
                change.kind() == MemberChange.Kind.LEAVE
                        || Failures.isOfLeadership(why)
                        || why.code() == ErrorCode.UNKNOWN_GROUP
                        || why.code() == ErrorCode.NOT_READY;
        if (endsStream) {
            change.session().end(hinted.apply(why));
        } else {
            change.failed(why);
        }
    }
}
