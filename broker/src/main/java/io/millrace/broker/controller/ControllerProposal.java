package io.millrace.broker.controller;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Proposal;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A command on its way through shard 0. */
final class ControllerProposal<R> implements Proposal {

    private final ControllerCommand<R> command;
    private final ByteBuffer data;
    private final CompletableFuture<R> result = new CompletableFuture<>();

    ControllerProposal(ControllerCommand<R> command) {
        this.command = command;
        this.data = CommandKind.encode(command);
    }

    CompletableFuture<R> result() {
        return result;
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate();
    }

    @Override
    public boolean freesSpace() {
        return command instanceof DeleteTopic || command instanceof ConfirmDeleted;
    }

    /** The entry was applied: completes the result after the state is published. */
    @SuppressWarnings("unchecked") // the entry is this proposal's own command
    void applied(Object value) {
        result.complete((R) value);
    }

    void refused(MillraceException refusal) {
        result.completeExceptionally(refusal);
    }

    @Override
    public void failed(Outcome outcome, String reason) {
        String what = "the controller did not take %s: %s".formatted(command.kind(), reason);
        result.completeExceptionally(
                switch (outcome) {
                    case NOT_APPLIED_BUSY ->
                            MillraceException.of(ErrorCode.OVERLOADED, what + "; try again");
                    case NOT_APPLIED_NOT_LEADER ->
                            MillraceException.of(ErrorCode.NOT_LEADER, what + "; try again");
                    case NOT_APPLIED_WAL_FULL -> MillraceException.of(ErrorCode.WAL_FULL, what);
                    case UNKNOWN ->
                            MillraceException.of(
                                    ErrorCode.OUTCOME_UNKNOWN,
                                    what + "; it may be in force or not, look before trying again");
                });
    }
}
