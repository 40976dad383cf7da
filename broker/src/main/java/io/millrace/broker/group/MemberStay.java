package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * One stay of a member in a group: from a join until it leaves, is expired, or another takes its
 * place.
 *
 * @param memberId the member's id
 * @param memberEpoch the stay's number, never used twice in the group
 */
public record MemberStay(String memberId, long memberEpoch) {

    void encode(WireWriter out) {
        out.text(memberId);
        out.int64(memberEpoch);
    }

    static MemberStay decode(WireReader in) throws MalformedException {
        return new MemberStay(in.text(), in.int64());
    }
}
