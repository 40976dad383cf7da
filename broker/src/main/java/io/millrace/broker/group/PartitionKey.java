package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A partition as groups name it. A topic that is created anew has another id, so that nothing said
 * about the former is taken for the new one.
 *
 * @param topicId the topic's id
 * @param partition the number in the topic, from 0
 */
public record PartitionKey(long topicId, int partition) implements Comparable<PartitionKey> {

    @Override
    public int compareTo(PartitionKey other) {
        int byTopic = Long.compare(topicId, other.topicId);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topicId + "/" + partition;
    }

    void encode(WireWriter out) {
        out.int64(topicId);
        out.int32(partition);
    }

    static PartitionKey decode(WireReader in) throws MalformedException {
        return new PartitionKey(in.int64(), in.int32());
    }
}
