package io.millrace.broker.groups;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.PartitionKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A partition that is told of a group.
 *
 * @param topic its topic, as the map has it
 * @param number counted from 0
 */
record ListedPartition(TopicImage topic, int number) {

    static final Comparator<ListedPartition> ORDER =
            Comparator.comparing((ListedPartition one) -> one.topic().name())
                    .thenComparing(ListedPartition::number);

    /** What a group follows, and what it has committed something of: whole topics, in order. */
    static List<ListedPartition> of(GroupState group, ClusterImage map) {
        Set<Long> topicIds = new HashSet<>(group.topics().keySet());
        group.offsets().keySet().forEach(key -> topicIds.add(key.topicId()));
        List<ListedPartition> listed = new ArrayList<>();
        for (TopicImage topic : map.topics().values()) {
            for (int i = 0;
                    topicIds.contains(topic.topicId()) && i < topic.partitions().size();
                    i++) {
                listed.add(new ListedPartition(topic, i));
            }
        }
        return listed;
    }

    /**
     * The same with others that were found to have a queue of the group; but those of its dead
     * letters, which it does not follow.
     */
    static List<ListedPartition> with(
            List<ListedPartition> listed,
            Collection<Long> partitionIds,
            GroupImage group,
            ClusterImage map) {
        Set<ListedPartition> all = new HashSet<>(listed);
        Set<Long> found = new HashSet<>(partitionIds);
        listed.forEach(one -> found.remove(one.image().partitionId()));
        if (found.isEmpty()) {
            return listed;
        }
        for (TopicImage topic : map.topics().values()) {
            boolean deadLetters = topic.name().equals(group.name() + ".dlq");
            for (int i = 0; !deadLetters && i < topic.partitions().size(); i++) {
                if (found.contains(topic.partitions().get(i).partitionId())) {
                    all.add(new ListedPartition(topic, i));
                }
            }
        }
        return all.stream().sorted(ORDER).toList();
    }

    PartitionImage image() {
        return topic.partitions().get(number);
    }

    PartitionKey key() {
        return new PartitionKey(topic.topicId(), number);
    }
}
