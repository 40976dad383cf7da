package io.millrace.client.record;

import io.millrace.protocol.TopicName;

/**
 * One partition of a topic. Ordered by topic, then partition.
 *
 * @param topic the topic's name
 * @param partition the partition, counted from 0
 */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
    public TopicPartition {
        TopicName.check(topic);
        if (partition < 0) {
            throw new IllegalArgumentException(
                    "partition is " + partition + "; partitions are counted from 0");
        }
    }

    @Override
    public int compareTo(TopicPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topic + "/" + partition;
    }
}
