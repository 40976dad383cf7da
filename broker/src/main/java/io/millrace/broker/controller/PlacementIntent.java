package io.millrace.broker.controller;

import io.millrace.broker.config.TopicConfig;

/**
 * One thing that a data shard is to be told, as an entry of its own log. Immutable.
 *
 * <p>A shard ignores, for each partition, a version that is not higher than the one it has, and
 * everything about a partition that it was told to delete: else a leader with an old map could
 * bring back what was deleted.
 */
public sealed interface PlacementIntent {

    /** The version of the map that it was read from. */
    long mapVersion();

    /** The partition. */
    long partitionId();

    /** Begin a partition, empty. */
    record Create(
            long mapVersion,
            long partitionId,
            long placementVersion,
            String topic,
            long topicId,
            int partition,
            TopicConfig config)
            implements PlacementIntent {}

    /** Take other settings. */
    record Configure(long mapVersion, long partitionId, long placementVersion, TopicConfig config)
            implements PlacementIntent {}

    /** Remove a partition and its records for good; nothing if it is not there. */
    record Delete(long mapVersion, long partitionId) implements PlacementIntent {}
}
