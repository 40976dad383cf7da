package io.millrace.broker.coordinator;

import io.millrace.broker.group.MemberAssignment;
import io.millrace.broker.group.MemberStay;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One attend stream. Until it has joined, nothing but its end can happen; then it belongs to a
 * {@link Coordinator}, on whose lane everything is done. Public methods are thread-safe; nothing
 * blocks.
 *
 * <p>Bounded memory: the next request is asked for only when the one before was taken and the
 * connection has room for answers, at most {@value #MAX_UNANSWERED} changes are unanswered, and of
 * assignments that could not go out only the newest is kept.
 */
public final class MemberSession {

    static final int MAX_UNANSWERED = 16;

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(30);

    private final Coordinators coordinators;
    private final MemberOutlet outlet;
    private final String clientAddress;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Coordinator coordinator;

    // Confined to the coordinator's lane.
    private MemberStay stay;
    private MemberAssignment wanted = MemberAssignment.NONE;
    private MemberAssignment told;
    private boolean pausedWanted;
    private boolean pausedTold;
    private boolean requestOwed;
    private int unanswered;
    private final Deque<MemberChange> unchecked = new ArrayDeque<>();

    /**
     * @param clientAddress where it comes from, host:port; may be empty
     */
    public MemberSession(Coordinators coordinators, MemberOutlet outlet, String clientAddress) {
        this.coordinators = coordinators;
        this.outlet = outlet;
        this.clientAddress = clientAddress;
        coordinators.context().alarm().accept(JOIN_TIMEOUT, this::requireJoined);
    }

    /** A request came in. */
    public void onRequest(MemberRequest request) {
        Coordinator joined = coordinator;
        if (joined != null) {
            joined.run(() -> joined.take(this, request));
        } else if (request.hasJoin()) {
            coordinators.join(this, request.getJoin());
        } else {
            end(Failures.invalid("request", "the first message of a stream is Join"));
        }
    }

    /** The connection has room again. */
    public void onReady() {
        Coordinator joined = coordinator;
        if (joined != null) {
            joined.run(this::flush);
        }
    }

    /** The member is gone or has closed its side; its stay goes on until its lease has run out. */
    public void onClosed() {
        if (ended.compareAndSet(false, true)) {
            outlet.complete();
            detach();
        }
    }

    /** Ends the stream with a reason. */
    public void end(MillraceException reason) {
        if (ended.compareAndSet(false, true)) {
            outlet.send(MemberMessages.end(reason));
            outlet.complete();
            detach();
        }
    }

    boolean isEnded() {
        return ended.get();
    }

    String clientAddress() {
        return clientAddress;
    }

    private void detach() {
        Coordinator joined = coordinator;
        if (joined != null) {
            joined.run(() -> joined.detached(this));
        }
    }

    /** A client that says nothing, or a shard that does not answer, must not hold a stream. */
    private void requireJoined() {
        if (coordinator == null) {
            end(
                    MillraceException.of(
                            ErrorCode.DEADLINE_EXCEEDED,
                            "nobody joined on this stream within %d s; send Join at once, and look at"
                                            .formatted(JOIN_TIMEOUT.toSeconds())
                                    + " `millrace cluster status` if the group's shard does not"
                                    + " answer"));
        }
    }

    // From here on: on the coordinator's lane.

    /** It is a member's now. An assignment comes next, and requests are taken. */
    void joined(Coordinator by, MemberStay as, MemberResponse joined) {
        stay = as;
        coordinator = by;
        outlet.send(joined);
        if (ended.get()) {
            detach();
        }
    }

    MemberStay stay() {
        return stay;
    }

    /** What the member is to hold now; it is told so if it was told otherwise. */
    void want(MemberAssignment assignment, boolean paused) {
        wanted = assignment;
        pausedWanted = paused;
        flush();
    }

    /** Sends what is owed, as far as the connection has room. */
    void flush() {
        if (ended.get()) {
            return;
        }
        boolean due = !wanted.equals(told) || pausedTold != pausedWanted;
        if (due && (told == null || outlet.isReady())) {
            outlet.send(coordinator.describe(wanted));
            told = wanted;
            pausedTold = pausedWanted;
        }
        if (requestOwed && outlet.isReady()) {
            requestOwed = false;
            outlet.requestNext();
        }
    }

    /** The request before was taken. */
    void requestMore() {
        requestOwed = true;
        flush();
    }

    /** Sends an answer. */
    void answer(MemberResponse response) {
        unanswered--;
        outlet.send(response);
    }

    void send(MemberResponse response) {
        outlet.send(response);
    }

    /** Closes the stream: everything is said. */
    void finish() {
        onClosed();
    }

    /** Whether the member may say more before it is answered. */
    boolean hasRoom() {
        return unanswered < MAX_UNANSWERED;
    }

    /** The member has said something that is to be written. */
    void begin(MemberChange change) {
        unanswered++;
        unchecked.add(change);
    }

    /** The next change, in the order of the requests, that was checked; null: none. */
    MemberChange nextChecked() {
        MemberChange head = unchecked.peek();
        return head != null && head.isChecked() ? unchecked.poll() : null;
    }
}
