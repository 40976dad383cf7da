package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.CommandResult.GroupChanged;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A coordinator's way into the log of its shard, in its term alone. Answers on its lane. */
final class GroupLog {

    private final LocalShard shard;
    private final long term;
    private final TaskLane lane;

    GroupLog(LocalShard shard, long term, TaskLane lane) {
        this.shard = shard;
        this.term = term;
        this.lane = lane;
    }

    /** Proposes a command. Commands are applied in the order of the calls, or fail. */
    void propose(
            GroupCommand command,
            Consumer<GroupResult> applied,
            Consumer<MillraceException> failed) {
        propose(shard, term, command)
                .whenComplete(
                        (result, failure) ->
                                lane.run(
                                        () -> {
                                            if (failure == null) {
                                                applied.accept(result);
                                            } else {
                                                failed.accept(Failures.known(failure));
                                            }
                                        }));
    }

    /** Proposes a command; the future fails with what was refused, or why nothing is known. */
    static CompletableFuture<GroupResult> propose(
            LocalShard shard, long term, GroupCommand command) {
        CompletableFuture<CommandResult> proposed;
        try {
            proposed = shard.writer().execute(new ChangeGroup(command), term);
        } catch (RuntimeException e) {
            proposed = CompletableFuture.failedFuture(e);
        }
        return proposed.thenApply(result -> ((GroupChanged) result).result());
    }
}
