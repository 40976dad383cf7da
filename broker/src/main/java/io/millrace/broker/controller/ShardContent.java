package io.millrace.broker.controller;

import java.util.Map;
import java.util.function.LongPredicate;

/**
 * What a data shard has applied of the controller's intent.
 *
 * @param shard its number
 * @param placementVersions the placement version of each partition that it holds, by partition id
 * @param deleted whether it was told to delete a partition: such an id stays dead there, so that a
 *     leader with an old map cannot bring it back
 */
public record ShardContent(int shard, Map<Long, Long> placementVersions, LongPredicate deleted) {

    public ShardContent {
        placementVersions = Map.copyOf(placementVersions);
    }
}
