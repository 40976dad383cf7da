package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/**
 * A seek that was done. Immutable.
 *
 * @param seekId its number in the group, from 1
 * @param timeMs when, by the leader's clock, milliseconds since 1970 UTC
 * @param reason who and why; may be empty
 * @param moves what it did
 */
public record SeekLogEntry(long seekId, long timeMs, String reason, List<SeekMove> moves) {

    public SeekLogEntry {
        moves = List.copyOf(moves);
    }

    void encode(WireWriter out) {
        out.int64(seekId);
        out.int64(timeMs);
        out.text(reason);
        out.list(moves, SeekMove::encode);
    }

    static SeekLogEntry decode(WireReader in) throws MalformedException {
        return new SeekLogEntry(in.int64(), in.int64(), in.text(), in.list(SeekMove::decode));
    }
}
