package io.millrace.raft;

import java.util.concurrent.CompletableFuture;

/**
 * Changes who belongs to a shard and who leads it, through this broker's replica. Thread-safe; no
 * method blocks. Everything fails with {@link ShardUnavailableException} if this replica does not
 * lead, or another change is under way.
 */
public interface ShardMembers {

    /**
     * Makes these the members. One change at a time. New voters are caught up first, so this may
     * take long; it ends within the configured time, and what was not reached is tried again by
     * whoever asked. Learners are added at once.
     *
     * @param expectedTerm the term it is meant for; in any other it fails
     * @return completes when the new members are committed
     */
    CompletableFuture<Void> changeMembers(Members target, long expectedTerm);

    /**
     * Hands the leadership to the voter on a node, which must have caught up nearly.
     *
     * @param nodeId the node; 0: the voter that is closest
     * @return completes when the handover has begun and this replica takes no proposals any more;
     *     if the other does not come within the election timeout, this one goes on leading
     */
    CompletableFuture<Void> transferLeadership(int nodeId);
}
