package io.millrace.broker.group;

import java.util.List;

/**
 * What a member is to hold and to give up. Immutable.
 *
 * @param held what it is to hold, in the order of topic and number
 * @param revoked what it still has and is to give up, in the order of topic and number
 */
public record MemberAssignment(List<AssignedPartition> held, List<AssignedPartition> revoked) {

    /** Nothing at all. */
    public static final MemberAssignment NONE = new MemberAssignment(List.of(), List.of());

    public MemberAssignment {
        held = List.copyOf(held);
        revoked = List.copyOf(revoked);
    }
}
