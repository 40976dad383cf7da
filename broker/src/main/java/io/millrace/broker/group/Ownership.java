package io.millrace.broker.group;

/**
 * Who has a partition. Immutable.
 *
 * @param memberId the owner
 * @param memberEpoch the owner's stay
 * @param assignmentEpoch the number of this ownership, never used twice in the group
 * @param state whether it is to last
 * @param target who is to have the partition: the owner, while it is {@link State#OWNED}; who gets
 *     it next, while it is {@link State#REVOKING} (the owner itself, if things have turned back
 *     meanwhile: it gets the partition anew once it has given it up)
 */
public record Ownership(
        String memberId, long memberEpoch, long assignmentEpoch, State state, String target) {

    /** Whether an ownership is to last. */
    public enum State {
        /** Nobody else is to have the partition. */
        OWNED,
        /** The owner is told to give the partition up. That is never taken back. */
        REVOKING
    }

    static Ownership owned(MemberStay by, long assignmentEpoch) {
        return new Ownership(
                by.memberId(), by.memberEpoch(), assignmentEpoch, State.OWNED, by.memberId());
    }

    /** Whether the owner is told to give the partition up. */
    public boolean isRevoking() {
        return state == State.REVOKING;
    }

    /** Whether a member's stay has it under this number. */
    boolean isOf(MemberStay stay, long epoch) {
        return assignmentEpoch == epoch
                && memberEpoch == stay.memberEpoch()
                && memberId.equals(stay.memberId());
    }

    Ownership revokedFor(String next) {
        return new Ownership(memberId, memberEpoch, assignmentEpoch, State.REVOKING, next);
    }
}
