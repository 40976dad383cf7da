package io.millrace.broker.shard;

import io.millrace.protocol.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A command that travels alone and completes a future. */
final class CommandProposal implements ShardProposal {

    private final ByteBuffer data;
    private final boolean freesSpace;
    private final Executor answers;
    private final CompletableFuture<CommandResult> future = new CompletableFuture<>();

    CommandProposal(ShardCommand command, Executor answers) {
        this.data = CommandCodec.encode(command);
        this.freesSpace = command.freesSpace();
        this.answers = answers;
    }

    @Override
    public ByteBuffer data() {
        return data;
    }

    @Override
    public boolean freesSpace() {
        return freesSpace;
    }

    CompletableFuture<CommandResult> future() {
        return future;
    }

    @Override
    public void applied(CommandResult result) {
        if (result instanceof CommandResult.Refused refused) {
            fail(MillraceException.of(refused.code(), refused.message()));
        } else {
            complete(() -> future.complete(result));
        }
    }

    @Override
    public void failed(Outcome outcome, String reason) {
        fail(MillraceException.of(ProposalFailure.codeOf(outcome), reason));
    }

    private void fail(MillraceException cause) {
        complete(() -> future.completeExceptionally(cause));
    }

    /** Elsewhere than on Raft's threads, as long as the broker runs. */
    private void complete(Runnable completion) {
        try {
            answers.execute(completion);
        } catch (RejectedExecutionException e) {
            completion.run();
        }
    }
}
