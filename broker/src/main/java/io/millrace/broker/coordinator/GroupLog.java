package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.group.CommitEntry;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.ForceRelease;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.MemberCommit;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.CommandResult.GroupChanged;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A coordinator's way into the log of its shard, in its term alone. Answers on its lane. */
final class GroupLog {

    private final LocalShard shard;
    private final long term;
    private final TurnLoop lane;
    private final String name;
    private final CoordinationListener listener;

    /**
     * @param name the group's name
     * @param listener hears what has come of commands
     */
    GroupLog(
            LocalShard shard,
            long term,
            TurnLoop lane,
            String name,
            CoordinationListener listener) {
        this.shard = shard;
        this.term = term;
        this.lane = lane;
        this.name = name;
        this.listener = listener;
    }

    /** Proposes a command. Commands are applied in the order of the calls, or fail. */
    void propose(
            GroupCommand command,
            Consumer<GroupResult> applied,
            Consumer<MillraceException> failed) {
        propose(shard, term, command)
                .whenComplete(
                        (result, failure) ->
                                lane.post(
                                        () -> {
                                            if (failure == null) {
                                                tell(command, result);
                                                applied.accept(result);
                                            } else {
                                                failed.accept(Failures.known(failure));
                                            }
                                        }));
    }

    private void tell(GroupCommand command, GroupResult result) {
        if (command instanceof ExpireMembers expire) {
            listener.expired(name, expire.stays().size());
        } else if (command instanceof ForceRelease force) {
            listener.forced(name, force.partitions().size());
        } else if (command instanceof CommitOffsets commit) {
            committed(commit.commits(), result);
        } else if (command instanceof ReleasePartitions release) {
            committed(List.of(release.last()), result);
        } else if (command instanceof LeaveGroup leave) {
            committed(List.of(leave.last()), result);
        }
    }

    private void committed(List<MemberCommit> commits, GroupResult result) {
        long offered =
                commits.stream()
                        .flatMap(commit -> commit.entries().stream())
                        .filter(CommitEntry::hasOffset)
                        .count();
        long refused =
                result instanceof Commits done
                        ? done.refused().stream().mapToLong(List::size).sum()
                        : offered;
        if (offered > refused) {
            listener.committed(name, (int) (offered - refused));
        }
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
