package io.millrace.client.group;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A member of a group, polled. Made by {@link GroupSubscriberBuilder#build()}.
 *
 * <p>The partitions of the topics are shared out among the members; each has one owner at a time.
 * Within a partition records come in order. Every record is given at least once: who takes a
 * partition over begins at the committed offset.
 *
 * <p><b>Progress.</b> Without further ado, what a poll has returned counts as done when the next
 * poll begins, and is committed from time to time, when a partition is given up, and at the end.
 * With {@link GroupSubscriberBuilder#autoCommit} off only {@code commit} commits.
 *
 * <p><b>Being a member</b> does not hang on polling: heartbeats go on while records are processed,
 * however long that takes. A partition that is to go to another member waits for the next poll,
 * bounded by the group's revocation timeout. When no heartbeat is answered for a lease, or the
 * coordinator has given the place away, everything that is held is lost; the member joins anew by
 * itself.
 *
 * <p>{@link #poll} is for one thread at a time, all other methods are thread-safe. Nothing pins a
 * virtual thread while it waits.
 */
public interface GroupSubscriber extends AutoCloseable {
    /**
     * The next records; waits for the first of them. Says that the records of the poll before are
     * through. Returns early, and empty, if the subscriber is closed or the thread interrupted; the
     * interrupt flag stays set.
     *
     * @return empty if none came in time
     * @throws io.millrace.protocol.error.MillraceException why it cannot go on: OFFSET_OUT_OF_RANGE
     *     by the gap or start policy, MEMBER_FENCED if another process has taken its instance id,
     *     INVALID_GROUP, …
     * @throws IllegalStateException if the assignment listener has failed
     */
    List<ReceivedRecord> poll(Duration timeout);

    /**
     * Commits everything that was given so far. Blocks until it is durable.
     *
     * @throws io.millrace.protocol.error.MillraceException NOT_ASSIGNED or MEMBER_FENCED if
     *     something given was lost before it was committed (everything else is committed),
     *     DEADLINE_EXCEEDED if no answer came in time
     */
    void commit();

    /**
     * As {@link #commit()}, without waiting. Commits become durable in their order; what depends on
     * the future runs on threads of the SDK and must not block.
     */
    CompletableFuture<Void> commitAsync();

    /**
     * Commits positions. Blocks until they are durable. A position below the committed one of the
     * same assignment changes nothing.
     *
     * @throws io.millrace.protocol.error.MillraceException as {@link #commit()}; NOT_ASSIGNED, with
     *     nothing committed, if one of the partitions is not held
     */
    void commit(Map<TopicPartition, CommitPosition> positions);

    /** As {@link #commit(Map)}, without waiting. */
    CompletableFuture<Void> commitAsync(Map<TopicPartition, CommitPosition> positions);

    /** The partitions held. */
    Set<TopicPartition> assignment();

    /**
     * The number of this member's stay in a partition, from {@link AssignmentListener#onAssigned}
     * on: higher than that of each owner before. A store of the user's own that remembers the
     * highest and refuses lower ones is safe from a member that does not know yet that another one
     * has followed it.
     *
     * @return empty if the partition is not held
     */
    OptionalLong assignmentEpoch(TopicPartition partition);

    /**
     * Gives no more records of these partitions until {@link #resume}; they stay held. A partition
     * that goes and comes back is not paused any more.
     *
     * @throws IllegalArgumentException if one of them is not held
     */
    void pause(Collection<TopicPartition> partitions);

    /**
     * Undoes {@link #pause}.
     *
     * @throws IllegalArgumentException if one of them is not held
     */
    void resume(Collection<TopicPartition> partitions);

    /**
     * Gives everything up and leaves the group, so that others go on at once; a member with an
     * instance id keeps its place for a lease. Commits what is done, unless the user commits: the
     * records of the last poll count as done only if {@link #commit()} was called. Called by
     * another thread than the polling one it waits for the next poll, up to the close timeout.
     */
    @Override
    void close();
}
