package io.millrace.client.admin.group;

import io.millrace.protocol.TopicName;
import java.util.Objects;

/**
 * Where a topic or a partition of a group is to go.
 *
 * @param topic the topic's name
 * @param partition the partition, counted from 0; null: all of the topic
 * @param to where to
 */
public record SeekTarget(String topic, Integer partition, SeekPoint to) {
    public SeekTarget {
        TopicName.check(topic);
        Objects.requireNonNull(to, "to");
        if (partition != null && partition < 0) {
            throw new IllegalArgumentException(
                    "partition is " + partition + "; partitions are counted from 0");
        }
    }

    /** All partitions of a topic. */
    public static SeekTarget topic(String name, SeekPoint to) {
        return new SeekTarget(name, null, to);
    }

    /** One partition. */
    public static SeekTarget partition(String topic, int number, SeekPoint to) {
        return new SeekTarget(topic, number, to);
    }
}
