package io.millrace.broker.controller;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the leader of a data shard has to do so that its partitions are as the map wants them:
 * propose intents to the shard, and confirm deletions to the controller. Immutable.
 *
 * @param intents to propose to the shard: deletions first, then by partition id
 * @param confirmable partitions of deleted topics that the shard holds no more, for {@link
 *     ConfirmDeleted}
 * @param strays partitions that the shard holds and the map does not know, neither alive nor
 *     deleted: they are left alone, since nothing is deleted because metadata is missing
 */
public record PlacementPlan(
        List<PlacementIntent> intents, List<Long> confirmable, List<Long> strays) {

    public PlacementPlan {
        intents = List.copyOf(intents);
        confirmable = List.copyOf(confirmable);
        strays = List.copyOf(strays);
    }

    /** Compares a map with what a shard has; the map may be older than what the shard has seen. */
    public static PlacementPlan of(ClusterImage image, ShardContent content) {
        Set<Long> strays = new HashSet<>(content.placementVersions().keySet());
        List<PlacementIntent> intents = new ArrayList<>();
        List<Long> confirmable = new ArrayList<>();
        for (Tombstone tombstone : image.tombstones().values()) {
            for (PartitionImage partition : tombstone.partitions()) {
                if (partition.shard() == content.shard()) {
                    strays.remove(partition.partitionId());
                    bury(image, tombstone, partition, content, intents, confirmable);
                }
            }
        }
        List<PlacementIntent> wanted = new ArrayList<>();
        for (TopicImage topic : image.topics().values()) {
            for (int number = 0; number < topic.partitions().size(); number++) {
                PartitionImage partition = topic.partitions().get(number);
                if (partition.shard() == content.shard()) {
                    strays.remove(partition.partitionId());
                    want(image, topic, number, content, wanted);
                }
            }
        }
        wanted.sort((left, right) -> Long.compare(left.partitionId(), right.partitionId()));
        intents.addAll(wanted);
        return new PlacementPlan(intents, confirmable, strays.stream().sorted().toList());
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return intents.isEmpty() && confirmable.isEmpty();
    }

    private static void bury(
            ClusterImage image,
            Tombstone tombstone,
            PartitionImage partition,
            ShardContent content,
            List<PlacementIntent> intents,
            List<Long> confirmable) {
        // A shard that was never told could still create the partition from an older map, so it is
        // told even if it does not hold it.
        if (!content.deleted().test(partition.partitionId())) {
            intents.add(new PlacementIntent.Delete(image.version(), partition.partitionId()));
        } else {
            confirmable.add(partition.partitionId());
        }
    }

    private static void want(
            ClusterImage image,
            TopicImage topic,
            int number,
            ShardContent content,
            List<PlacementIntent> wanted) {
        PartitionImage partition = topic.partitions().get(number);
        if (content.deleted().test(partition.partitionId())) {
            return; // this map is older than the deletion
        }
        Long present = content.placementVersions().get(partition.partitionId());
        if (present == null) {
            wanted.add(
                    new PlacementIntent.Create(
                            image.version(),
                            partition.partitionId(),
                            partition.placementVersion(),
                            topic.name(),
                            topic.topicId(),
                            number,
                            topic.config()));
        } else if (present < partition.placementVersion()) {
            wanted.add(
                    new PlacementIntent.Configure(
                            image.version(),
                            partition.partitionId(),
                            partition.placementVersion(),
                            topic.config()));
        }
    }
}
