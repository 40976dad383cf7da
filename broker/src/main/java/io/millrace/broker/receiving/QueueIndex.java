package io.millrace.broker.receiving;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import java.util.HashMap;
import java.util.Map;

/**
 * The groups in queue mode and the topics of a cluster, by id. Immutable.
 *
 * @param groups by their ids
 * @param topics names, by the topics' ids
 */
record QueueIndex(Map<Long, GroupImage> groups, Map<Long, String> topics) {

    static QueueIndex of(ClusterImage image) {
        Map<Long, GroupImage> groups = new HashMap<>();
        for (GroupImage group : image.groups().byName().values()) {
            if (group.queue()) {
                groups.put(group.groupId(), group);
            }
        }
        Map<Long, String> topics = new HashMap<>();
        for (TopicImage topic : image.topics().values()) {
            topics.put(topic.topicId(), topic.name());
        }
        return new QueueIndex(groups, topics);
    }
}
