package io.millrace.broker.controller;

import java.util.Map;

/**
 * What a data shard has applied of the controller's intent. Immutable.
 *
 * @param shard its number
 * @param mapVersion the highest map version of any intent it has applied; 0 if none
 * @param placementVersions the placement version of each partition that it holds, by partition id
 */
public record ShardContent(int shard, long mapVersion, Map<Long, Long> placementVersions) {

    public ShardContent {
        placementVersions = Map.copyOf(placementVersions);
    }
}
