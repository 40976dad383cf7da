package io.millrace.client.cluster;

import java.util.List;

/**
 * Where a topic's partitions are.
 *
 * @param topicId the topic's id
 * @param maxBatchBytes the largest batch it takes
 * @param shards partition n is on shard {@code shards.get(n)}
 */
public record TopicRoute(long topicId, int maxBatchBytes, List<Integer> shards) {
    public TopicRoute {
        shards = List.copyOf(shards);
    }

    /** How many partitions it has. */
    public int partitionCount() {
        return shards.size();
    }
}
