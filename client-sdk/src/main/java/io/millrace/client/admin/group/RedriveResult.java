package io.millrace.client.admin.group;

import io.millrace.protocol.error.MillraceException;
import java.util.List;

/**
 * What became of dead letters that were to be delivered again.
 *
 * @param count how many are, or would be, delivered again
 * @param refused those that cannot be
 */
public record RedriveResult(long count, List<Refusal> refused) {
    /**
     * A dead letter that cannot be delivered again.
     *
     * @param name which
     * @param reason why, and the way out
     */
    public record Refusal(DeadLetterName name, MillraceException reason) {}
}
