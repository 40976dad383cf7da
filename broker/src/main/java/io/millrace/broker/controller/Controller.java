package io.millrace.broker.controller;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Shard;
import java.util.concurrent.CompletableFuture;

/**
 * Changes and reads the cluster's metadata through this broker's replica of shard 0. Thread-safe.
 */
public final class Controller {

    private final Shard shard;
    private final ControllerStateMachine machine;

    /**
     * @param shard this broker's replica of shard 0
     * @param machine its state machine
     */
    public Controller(Shard shard, ControllerStateMachine machine) {
        this.shard = shard;
        this.machine = machine;
    }

    /** The map as far as it is known here; may lag behind the leader's. */
    public ClusterImages images() {
        return machine.images();
    }

    /**
     * Has a command ordered and applied. Does not block.
     *
     * @return what it yields, once it is durable on a majority and {@link #images} shows it; or a
     *     {@link MillraceException}: a refusal, NOT_LEADER, OVERLOADED or OUTCOME_UNKNOWN. There is
     *     no deadline in it: without a majority it waits for one. Completed on a Raft thread, so
     *     what depends on it must not block there.
     */
    public <R> CompletableFuture<R> submit(ControllerCommand<R> command) {
        long term = shard.leadingTerm();
        if (term == 0) {
            return CompletableFuture.failedFuture(
                    MillraceException.of(
                            ErrorCode.NOT_LEADER,
                            "this broker does not lead the controller; ask its leader"));
        }
        ControllerProposal<R> proposal = new ControllerProposal<>(command);
        shard.propose(proposal, term);
        return proposal.result();
    }

    /**
     * Tries a command against the state known here and changes nothing.
     *
     * @return what it would yield
     * @throws MillraceException if it would be refused
     */
    public <R> R check(ControllerCommand<R> command) {
        return command.applyTo(machine.state()).value();
    }

    /** Whether a producer id was granted to some broker, as far as is applied here. */
    public boolean isProducerIdGranted(long id) {
        return id > 0 && id < machine.state().nextProducerId();
    }
}
