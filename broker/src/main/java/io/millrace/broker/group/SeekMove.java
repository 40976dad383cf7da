package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * What a seek did to the committed offset of a partition.
 *
 * @param partition the partition
 * @param from what was committed; {@link #NOTHING}: nothing
 * @param to what is committed now; {@link #NOTHING}: nothing
 */
public record SeekMove(PartitionKey partition, long from, long to) {

    /** No committed offset. */
    public static final long NOTHING = -1;

    void encode(WireWriter out) {
        partition.encode(out);
        out.int64(from);
        out.int64(to);
    }

    static SeekMove decode(WireReader in) throws MalformedException {
        return new SeekMove(PartitionKey.decode(in), in.int64(), in.int64());
    }
}
