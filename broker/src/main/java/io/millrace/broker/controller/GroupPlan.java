package io.millrace.broker.controller;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the leader of a data shard has to do so that the shard has the groups that the map wants.
 * Immutable.
 *
 * @param intents to propose to the shard: deletions first, then by group id
 * @param confirmable deleted groups of which the shard holds nothing any more and to which it never
 *     will again, for {@link ConfirmGroupsDeleted}
 * @param strays groups that the shard holds and the map does not know, neither alive nor deleted:
 *     they are left alone, since nothing is deleted because metadata is missing
 */
public record GroupPlan(List<GroupIntent> intents, List<Long> confirmable, List<Long> strays) {

    public GroupPlan {
        intents = List.copyOf(intents);
        confirmable = List.copyOf(confirmable);
        strays = List.copyOf(strays);
    }

    /** Compares a map with what a shard has; the map may be older than what the shard has seen. */
    public static GroupPlan of(ClusterImage image, GroupContent content) {
        Set<Long> strays = new HashSet<>(content.placementVersions().keySet());
        List<GroupIntent> intents = new ArrayList<>();
        List<Long> confirmable = new ArrayList<>();
        for (GroupTombstone dead : image.groups().tombstones().values()) {
            strays.remove(dead.groupId());
            if (!dead.shards().contains(content.shard())) {
                continue;
            }
            // A shard that was never told could still take the group from an older map, so it is
            // told even if it holds nothing of it.
            if (content.dropped().test(dead.groupId())) {
                confirmable.add(dead.groupId());
            } else {
                intents.add(new GroupIntent.Drop(dead.groupId()));
            }
        }
        List<GroupIntent> wanted = new ArrayList<>();
        for (GroupImage group : image.groups().byName().values()) {
            if (group.shard() == content.shard()) {
                strays.remove(group.groupId());
                want(group, content, wanted);
            }
        }
        wanted.sort((left, right) -> Long.compare(left.groupId(), right.groupId()));
        intents.addAll(wanted);
        return new GroupPlan(intents, confirmable, strays.stream().sorted().toList());
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return intents.isEmpty() && confirmable.isEmpty();
    }

    private static void want(GroupImage group, GroupContent content, List<GroupIntent> wanted) {
        if (content.dropped().test(group.groupId())) {
            return; // this map is older than the deletion
        }
        Long present = content.placementVersions().get(group.groupId());
        if (present == null) {
            wanted.add(new GroupIntent.Open(group));
        } else if (present < group.placementVersion()) {
            wanted.add(new GroupIntent.Configure(group));
        }
    }
}
