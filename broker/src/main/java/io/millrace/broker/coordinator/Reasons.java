package io.millrace.broker.coordinator;

import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.MemberStay;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;

/** Why a coordinator ends streams. */
final class Reasons {

    private Reasons() {}

    static MillraceException deleted(String group) {
        return MillraceException.of(
                        ErrorCode.UNKNOWN_GROUP,
                        "the group \"%s\" was deleted; whoever joins creates another one"
                                .formatted(group))
                .withRetry(Retry.RESTART);
    }

    static MillraceException notOpen(String group) {
        return MillraceException.of(
                ErrorCode.LEADER_UNAVAILABLE,
                "the group \"%s\" is not open on its shard yet; try again".formatted(group));
    }

    static MillraceException full(GroupState group) {
        return MillraceException.of(
                ErrorCode.GROUP_FULL,
                "the group \"%s\" is full: %,d of max.members=%,d; stop members, or raise it"
                        .formatted(
                                group.name(), group.members().size(), group.config().maxMembers()));
    }

    static MillraceException fenced(MemberStay stay) {
        return MillraceException.of(
                        ErrorCode.MEMBER_FENCED,
                        "the stay %s of member \"%s\" is over: it left, was silent for longer than its"
                                        .formatted(
                                                Long.toUnsignedString(stay.memberEpoch()),
                                                stay.memberId())
                                + " lease, or somebody took its place; drop what is in work and join"
                                + " anew")
                .with("member_epoch", Long.toUnsignedString(stay.memberEpoch()));
    }

    static MillraceException expiring(MemberStay stay) {
        return MillraceException.of(
                ErrorCode.NOT_READY,
                "member \"%s\" was silent for longer than its lease, and its end is being written; try again"
                        .formatted(stay.memberId()));
    }

    static MillraceException otherLease() {
        return MillraceException.of(
                ErrorCode.NOT_READY,
                "the lease of the group's members has changed; go on with the stay on another"
                        + " stream");
    }

    static MillraceException overtaken(String memberId) {
        return MillraceException.of(
                ErrorCode.NOT_READY,
                "member \"%s\" has opened another stream after this one, with a higher attempt"
                        .formatted(memberId));
    }

    static MillraceException replaced() {
        return MillraceException.of(
                ErrorCode.NOT_READY,
                "a newer stream of the same stay has taken the place of this one");
    }
}
