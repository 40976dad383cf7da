package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/**
 * A topic that members of a group follow. Immutable.
 *
 * @param topicId its id
 * @param name its name
 * @param partitionCount its partitions, 0 or more
 * @param foundCount how many of them were there when the group began to follow the topic: those
 *     after them are the group's from their first record on
 * @param racks per partition, by number, the racks of its replicas; may be shorter than the number
 *     of partitions: of the rest nothing is known. Only the rack assignor looks at it
 */
public record GroupTopic(
        long topicId, String name, int partitionCount, int foundCount, List<List<String>> racks) {

    public GroupTopic {
        if (partitionCount < 0) {
            throw new IllegalArgumentException("the number of partitions is negative");
        }
        if (foundCount < 0 || foundCount > partitionCount) {
            throw new IllegalArgumentException("not so many partitions can have been there");
        }
        racks = racks.stream().map(List::copyOf).toList();
    }

    /** A topic that was there before, of whose racks nothing is known. */
    public static GroupTopic of(long topicId, String name, int partitionCount) {
        return new GroupTopic(topicId, name, partitionCount, partitionCount, List.of());
    }

    /** Whether a partition came into being while the group followed the topic. */
    public boolean isLater(int partition) {
        return partition >= foundCount;
    }

    /** The racks of a partition's replicas; empty if nothing is known. */
    List<String> racksOf(int partition) {
        return partition < racks.size() ? racks.get(partition) : List.of();
    }

    void encode(WireWriter out) {
        out.int64(topicId);
        out.text(name);
        out.int32(partitionCount);
        out.int32(foundCount);
        out.list(racks, (ofPartition, to) -> to.list(ofPartition, (rack, end) -> end.text(rack)));
    }

    static GroupTopic decode(WireReader in) throws MalformedException {
        return new GroupTopic(
                in.int64(),
                in.text(),
                in.int32(),
                in.int32(),
                in.list(ofPartition -> ofPartition.list(WireReader::text)));
    }
}
