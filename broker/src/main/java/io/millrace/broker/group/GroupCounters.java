package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * The numbers that a group never gives twice. Immutable.
 *
 * @param groupEpoch grows with every change but that of offsets
 * @param nextMemberEpoch for the next stay, from 1
 * @param nextAssignmentEpoch for the next ownership, from 1
 * @param nextSeekId for the next seek, from 1
 */
record GroupCounters(
        long groupEpoch, long nextMemberEpoch, long nextAssignmentEpoch, long nextSeekId) {

    static final GroupCounters FIRST = new GroupCounters(1, 1, 1, 1);

    void encode(WireWriter out) {
        out.int64(groupEpoch);
        out.int64(nextMemberEpoch);
        out.int64(nextAssignmentEpoch);
        out.int64(nextSeekId);
    }

    static GroupCounters decode(WireReader in) throws MalformedException {
        return new GroupCounters(in.int64(), in.int64(), in.int64(), in.int64());
    }
}
