package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/**
 * What one member commits. Immutable.
 *
 * @param stay who says it
 * @param entries what it says
 */
public record MemberCommit(MemberStay stay, List<CommitEntry> entries) {

    public MemberCommit {
        entries = List.copyOf(entries);
    }

    void encode(WireWriter out) {
        stay.encode(out);
        out.list(entries, CommitEntry::encode);
    }

    static MemberCommit decode(WireReader in) throws MalformedException {
        return new MemberCommit(MemberStay.decode(in), in.list(CommitEntry::decode));
    }
}
