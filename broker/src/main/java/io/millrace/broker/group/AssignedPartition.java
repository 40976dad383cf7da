package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A partition and the number of the stay that somebody has in it.
 *
 * @param partition the partition
 * @param assignmentEpoch higher for each time that the partition is given to somebody; 0 in groups
 *     in queue mode, where nobody has one alone
 */
public record AssignedPartition(PartitionKey partition, long assignmentEpoch) {

    void encode(WireWriter out) {
        partition.encode(out);
        out.int64(assignmentEpoch);
    }

    static AssignedPartition decode(WireReader in) throws MalformedException {
        return new AssignedPartition(PartitionKey.decode(in), in.int64());
    }
}
