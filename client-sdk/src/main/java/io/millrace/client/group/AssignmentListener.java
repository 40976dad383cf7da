package io.millrace.client.group;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Is told which partitions come and go. Called on one thread of the subscriber's own, one call at a
 * time; heartbeats go on meanwhile. What it throws ends the subscriber: {@code poll} throws it.
 *
 * <p>The default methods do nothing.
 */
public interface AssignmentListener {
    /** Listens to nothing. */
    AssignmentListener NONE = new AssignmentListener() {};

    /**
     * Partitions have come; nothing of them was given yet.
     *
     * @param committed what the group has committed of each; empty: nothing
     * @return where to begin in those whose progress is kept elsewhere, so that results and
     *     progress change together; all others begin at the commit, or where the start policy says
     */
    default Map<TopicPartition, Position> onAssigned(
            Map<TopicPartition, Optional<CommitPosition>> committed) {
        return Map.of();
    }

    /**
     * Partitions are about to be given up. Nothing of them is given any more and what was given is
     * through; they can still be committed. They are released when this returns, so it should not
     * take long: the group takes them away after its revocation timeout.
     */
    default void onRevoked(Set<TopicPartition> partitions) {}

    /**
     * Partitions are gone and may be somebody else's already: commits of them fail. Nothing of them
     * is given any more.
     */
    default void onLost(Set<TopicPartition> partitions) {}
}
