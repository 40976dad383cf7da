package io.millrace.broker.coordinator;

import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupResult;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.CompletableFuture;

/**
 * The groups that this broker coordinates. Thread-safe; no method blocks. Every future fails with a
 * {@link MillraceException}: NOT_LEADER with the leader, if another broker is known to coordinate
 * the group, LEADER_UNAVAILABLE if nobody is, UNKNOWN_GROUP if there is no such group.
 */
public interface LedGroups {

    /** What only the coordinator knows of a group, and the group as it is at that moment. */
    CompletableFuture<GroupInsight> insight(long groupId);

    /**
     * Changes a group.
     *
     * @param command such as a seek or a pause; the time in it is the caller's
     * @return what came of it, once it is durable on a majority, never {@link GroupResult.Refused}:
     *     the future fails with what was refused. OUTCOME_UNKNOWN if the leader has changed
     *     meanwhile
     */
    CompletableFuture<GroupResult> propose(GroupCommand command);
}
