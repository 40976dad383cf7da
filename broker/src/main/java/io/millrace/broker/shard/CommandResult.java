package io.millrace.broker.shard;

import io.millrace.broker.group.GroupResult;
import io.millrace.broker.queue.QueueResult;
import io.millrace.protocol.error.ErrorCode;
import java.util.List;
import java.util.Set;

/** What came of a command, the same on every replica. */
public sealed interface CommandResult {

    /**
     * Of {@link ShardCommand.AppendBatches}.
     *
     * @param results one for each batch, in their order
     */
    record Appends(List<AppendResult> results) implements CommandResult {}

    /**
     * Of {@link ShardCommand.TrimPartitions}.
     *
     * @param partitions one for each partition that exists, in the order of the command
     */
    record Trims(List<Trimmed> partitions) implements CommandResult {}

    /**
     * One partition after a trim.
     *
     * @param partitionId the partition
     * @param oldStartOffset the log start before
     * @param startOffset the log start now
     */
    record Trimmed(long partitionId, long oldStartOffset, long startOffset) {}

    /**
     * Of a command that creates, configures or deletes.
     *
     * @param changed false if it was already so, or the command was older than what is
     */
    record Done(boolean changed) implements CommandResult {}

    /**
     * Of a {@link ShardCommand.ChangeGroup} that was not refused.
     *
     * @param result what came of it, never {@link GroupResult.Refused}
     * @param changedMembers the ids of the members, present or just gone, whose assignment is
     *     another now
     */
    record GroupChanged(GroupResult result, Set<String> changedMembers) implements CommandResult {}

    /**
     * Of a {@link ShardCommand.ChangeQueue} that was not refused.
     *
     * @param result what came of it; {@link QueueResult.Refused} only within {@link
     *     QueueResult.Settled}
     */
    record QueueChanged(QueueResult result) implements CommandResult {}

    /**
     * Nothing changed.
     *
     * @param code why
     * @param message a sentence for a person
     */
    record Refused(ErrorCode code, String message) implements CommandResult {}
}
