package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * How far a group has come in a partition.
 *
 * @param offset the next offset to be processed: everything below is done
 * @param metadata what the user said with it; may be empty
 * @param commitTimeMs when, by the leader's clock, milliseconds since 1970 UTC
 */
public record CommittedOffset(long offset, String metadata, long commitTimeMs) {

    void encode(WireWriter out) {
        out.int64(offset);
        out.text(metadata);
        out.int64(commitTimeMs);
    }

    static CommittedOffset decode(WireReader in) throws MalformedException {
        return new CommittedOffset(in.int64(), in.text(), in.int64());
    }
}
