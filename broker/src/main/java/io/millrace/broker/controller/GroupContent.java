package io.millrace.broker.controller;

import java.util.Map;
import java.util.function.LongPredicate;

/**
 * What a data shard has applied of the controller's intent about groups.
 *
 * @param shard its number
 * @param placementVersions the placement version of each group that lives on it, by group id
 * @param dropped whether it was told to drop a group: such an id stays dead there, so that a leader
 *     with an old map cannot bring it back
 */
public record GroupContent(int shard, Map<Long, Long> placementVersions, LongPredicate dropped) {

    public GroupContent {
        placementVersions = Map.copyOf(placementVersions);
    }
}
