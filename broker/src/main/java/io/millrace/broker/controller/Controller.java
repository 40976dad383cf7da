package io.millrace.broker.controller;

import io.millrace.broker.controller.CommandForwarder.Answer;
import io.millrace.broker.wire.MalformedException;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Shard;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/**
 * Changes and reads the cluster's metadata: through this broker's replica of shard 0 where that
 * leads, through the leader elsewhere. Thread-safe.
 */
public final class Controller {

    private static final Duration MAP_PATIENCE = Duration.ofSeconds(10);

    private final ClusterImages images;
    private final CommandForwarder forwarder;
    private final AtomicLong heardOfProducerIds = new AtomicLong();
    private volatile Replica replica;
    private volatile IntPredicate gone = node -> false;

    private record Replica(Shard shard, ControllerStateMachine machine) {}

    /**
     * Where this broker is the only one.
     *
     * @param shard this broker's replica of shard 0
     * @param machine its state machine
     */
    public Controller(Shard shard, ControllerStateMachine machine) {
        this(machine.images(), (command, repeatable) -> CompletableFuture.failedFuture(notHere()));
        attach(shard, machine);
    }

    /**
     * Where the leader may be elsewhere; without a replica of shard 0 at first.
     *
     * @param images the map, as it comes from the leader or from a replica here
     * @param forwarder has commands ordered by the leader
     */
    public Controller(ClusterImages images, CommandForwarder forwarder) {
        this.images = images;
        this.forwarder = forwarder;
    }

    /**
     * This broker has a replica of shard 0 from now on.
     *
     * @param machine its state machine; it publishes to the same images
     */
    public void attach(Shard shard, ControllerStateMachine machine) {
        replica = new Replica(shard, machine);
    }

    /** This broker has no replica of shard 0 any more; to be called before it is stopped. */
    public void detach() {
        replica = null;
    }

    /**
     * Who decides, where this broker leads, whether a broker's lease has run out: only then another
     * data directory may take over its node id.
     */
    public void askWhoIsGone(IntPredicate leaseHasRunOut) {
        gone = leaseHasRunOut;
    }

    /** The map as far as it is known here; may lag behind the leader's. */
    public ClusterImages images() {
        return images;
    }

    /** The term in which this broker leads the controller; 0 if it does not. */
    public long leadingTerm() {
        Replica here = replica;
        return here == null ? 0 : here.shard().leadingTerm();
    }

    /** For what only the leader does, on another broker. */
    public MillraceException notLeader() {
        return notHere();
    }

    private static MillraceException notHere() {
        return MillraceException.of(
                ErrorCode.NOT_LEADER, "this broker does not lead the controller; ask its leader");
    }

    /**
     * Has a command ordered and applied, wherever the leader is. Does not block.
     *
     * @return what it yields, once it is durable on a majority and {@link #images} shows it; or a
     *     {@link MillraceException}: a refusal, NOT_LEADER, LEADER_UNAVAILABLE, OVERLOADED,
     *     OUTCOME_UNKNOWN, or DEADLINE_EXCEEDED if it is in force but this broker has not heard of
     *     it for {@code 10 s}. There is no deadline in it where this broker leads: without a
     *     majority it waits for one. Completed on a Raft or network thread, so what depends on it
     *     must not block there.
     */
    public <R> CompletableFuture<R> submit(ControllerCommand<R> command) {
        Replica here = replica;
        long term = here == null ? 0 : here.shard().leadingTerm();
        if (term == 0) {
            return forward(command);
        }
        return propose(here, command, term)
                .exceptionallyCompose(
                        failure ->
                                isNotLeader(failure)
                                        ? forward(command)
                                        : CompletableFuture.failedFuture(causeOf(failure)));
    }

    /**
     * Has a command ordered and applied that another broker has sent. Does not block.
     *
     * @return as {@link #submit}, in bytes; NOT_LEADER if this broker does not lead
     */
    public CompletableFuture<Answer> execute(ByteBuffer bytes) {
        ControllerCommand<?> command;
        try {
            command = ControllerCodec.decodeCommand(bytes);
        } catch (MalformedException e) {
            return CompletableFuture.failedFuture(
                    MillraceException.of(
                            ErrorCode.UNSUPPORTED_VERSION,
                            "the controller's leader does not understand the command: "
                                    + e.getMessage()));
        }
        Replica here = replica;
        long term = here == null ? 0 : here.shard().leadingTerm();
        return term == 0
                ? CompletableFuture.failedFuture(notLeader())
                : answer(here, command, term);
    }

    private <R> CompletableFuture<Answer> answer(
            Replica here, ControllerCommand<R> command, long term) {
        return propose(here, command, term)
                .thenApply(
                        value ->
                                new Answer(
                                        ControllerCodec.encodeValue(command, value),
                                        images.current().version()));
    }

    private <R> CompletableFuture<R> propose(
            Replica here, ControllerCommand<R> command, long term) {
        ControllerProposal<R> proposal = new ControllerProposal<>(asTheLeaderSeesIt(command));
        here.shard().propose(proposal, term);
        return command instanceof RegisterBroker
                ? proposal.result().exceptionallyCompose(failure -> inTerm(failure, term))
                : proposal.result();
    }

    /** That a lease still runs is true of one leader only: the next gives it a full term. */
    private static <R> CompletableFuture<R> inTerm(Throwable failure, long term) {
        return CompletableFuture.failedFuture(
                failure instanceof MillraceException refusal
                                && refusal.metadata().containsKey(RegisterBroker.FORMER)
                        ? refusal.with(RegisterBroker.TERM, term)
                        : failure);
    }

    /** Who is gone, the leader alone can say: whatever the command claims does not count. */
    @SuppressWarnings("unchecked") // the same kind of command
    private <R> ControllerCommand<R> asTheLeaderSeesIt(ControllerCommand<R> command) {
        if (command instanceof RegisterBroker register) {
            int node = register.broker().nodeId();
            return (ControllerCommand<R>) new RegisterBroker(register.broker(), gone.test(node));
        }
        return command;
    }

    private <R> CompletableFuture<R> forward(ControllerCommand<R> command) {
        return forwarder
                .forward(ControllerCodec.encodeCommand(command), isRepeatable(command))
                .thenCompose(answer -> shown(command, answer))
                .exceptionallyCompose(failure -> leadsByNow(command, causeOf(failure)));
    }

    private <R> CompletableFuture<R> leadsByNow(ControllerCommand<R> command, Throwable failure) {
        Replica here = replica;
        long term = here == null ? 0 : here.shard().leadingTerm();
        return isNotLeader(failure) && term != 0
                ? propose(here, command, term)
                : CompletableFuture.failedFuture(failure);
    }

    private <R> CompletableFuture<R> shown(ControllerCommand<R> command, Answer answer) {
        R value;
        try {
            value = ControllerCodec.decodeValue(command, answer.value());
        } catch (MalformedException e) {
            return CompletableFuture.failedFuture(
                    MillraceException.of(
                            ErrorCode.UNSUPPORTED_VERSION,
                            "%s is in force, but what it yields is not understood: %s"
                                    .formatted(command.kind(), e.getMessage())));
        }
        if (value instanceof ProducerIdBlock granted) {
            // No map shows it, and publishers wait: not for a map that may be late.
            heardOfProducerIds(granted.end());
            return CompletableFuture.completedFuture(value);
        }
        return images.await(answer.mapVersion())
                .orTimeout(MAP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle(
                        (reached, failure) -> {
                            if (failure == null) {
                                return value;
                            }
                            throw failure instanceof TimeoutException
                                    ? late(command, answer)
                                    : new CompletionException(failure);
                        });
    }

    private static MillraceException late(ControllerCommand<?> command, Answer answer) {
        return MillraceException.of(
                ErrorCode.DEADLINE_EXCEEDED,
                ("%s is in force with version %d of the cluster map, which has not reached this"
                                + " broker within %d s; look before trying again")
                        .formatted(command.kind(), answer.mapVersion(), MAP_PATIENCE.toSeconds()));
    }

    private static boolean isRepeatable(ControllerCommand<?> command) {
        return command instanceof AllocateProducerIds
                || command instanceof ConfirmDeleted
                || command instanceof RegisterBroker
                || command instanceof ReplicaPrepared
                || command instanceof ConfirmMembers;
    }

    private static boolean isNotLeader(Throwable failure) {
        return causeOf(failure) instanceof MillraceException refusal
                && refusal.code() == ErrorCode.NOT_LEADER;
    }

    private static Throwable causeOf(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
        return wrapped ? failure.getCause() : failure;
    }

    /**
     * Tries a command against what is known here and changes nothing.
     *
     * @return what it would yield; ids in it are guesses where this broker has no replica
     * @throws MillraceException if it would be refused
     */
    public <R> R check(ControllerCommand<R> command) {
        Replica here = replica;
        ClusterImage image = images.current();
        ControllerState state = here == null ? ControllerState.EMPTY : here.machine().state();
        if (state.image().version() < image.version()) {
            state = ControllerState.guessedFrom(image);
        }
        return command.applyTo(state).value();
    }

    /** The producer id from which on none has been granted, as far as is known here. */
    public long nextProducerId() {
        Replica here = replica;
        long applied = here == null ? 0 : here.machine().state().nextProducerId();
        return Math.max(applied, heardOfProducerIds.get());
    }

    /** The controller's leader has granted producer ids below this one. */
    public void heardOfProducerIds(long next) {
        heardOfProducerIds.accumulateAndGet(next, Math::max);
    }

    /**
     * Whether a producer id was granted to some broker.
     *
     * @throws MillraceException NOT_READY if this broker cannot say: it may have been granted to
     *     another one a moment ago
     */
    public boolean isProducerIdGranted(long id) {
        if (id > 0 && id < nextProducerId()) {
            return true;
        }
        if (id > 0 && leadingTerm() == 0) {
            throw MillraceException.of(
                    ErrorCode.NOT_READY,
                    "this broker has not heard yet that producer id %d was given out; try again"
                            .formatted(id));
        }
        return false;
    }
}
