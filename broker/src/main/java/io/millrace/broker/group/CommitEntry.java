package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * What a member says of a partition that it holds.
 *
 * @param partition the partition, with the epoch of the assignment
 * @param offset the next offset to be processed; {@link #NOTHING}: nothing is committed
 * @param metadata the user's words, at most {@value GroupLimits#MAX_METADATA_BYTES} bytes in UTF-8
 */
public record CommitEntry(AssignedPartition partition, long offset, String metadata) {

    /** No offset: the partition is given up as it is. */
    public static final long NOTHING = -1;

    /** Whether it says how far the member has come. */
    public boolean hasOffset() {
        return offset != NOTHING;
    }

    void encode(WireWriter out) {
        partition.encode(out);
        out.int64(offset);
        out.text(metadata);
    }

    static CommitEntry decode(WireReader in) throws MalformedException {
        return new CommitEntry(AssignedPartition.decode(in), in.int64(), in.text());
    }
}
