package io.millrace.broker.queue;

import io.millrace.protocol.error.ErrorCode;
import java.util.List;

/** What came of a {@link QueueCommand}, the same on every replica. */
public sealed interface QueueResult {

    /**
     * Of {@link QueueCommand.OpenQueue}, {@link QueueCommand.DropQueue} and of each settlement.
     *
     * @param changed false if it was already so
     */
    record Done(boolean changed) implements QueueResult {}

    /**
     * Of {@link QueueCommand.SettleRecords}.
     *
     * @param results {@link Done} or {@link Refused} for each settlement, in their order
     */
    record Settled(List<QueueResult> results) implements QueueResult {}

    /**
     * Of {@link QueueCommand.Redrive}.
     *
     * @param offsets those that are undone now and were done before
     */
    record Redriven(OffsetSet offsets) implements QueueResult {}

    /**
     * Nothing changed.
     *
     * @param code why
     * @param message a sentence for a person
     */
    record Refused(ErrorCode code, String message) implements QueueResult {}
}
