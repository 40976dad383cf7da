package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.Joining;
import io.millrace.broker.group.Subscription;
import io.millrace.protocol.GroupName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Join;

/**
 * A join that has passed the checks that need no group. Immutable.
 *
 * @param group the group's name
 * @param mode the mode that it must have
 * @param memberEpoch the stay to go on with; 0: a new one
 * @param attempt the number of its stream among those of its member id; 0: not numbered
 * @param joining who wants to be a member
 * @param bytes about what it takes in memory
 */
record JoinRequest(
        String group, GroupMode mode, long memberEpoch, long attempt, Joining joining, int bytes) {

    /**
     * Checks a join.
     *
     * @param clientAddress where it comes from, host:port
     * @throws MillraceException naming the field and the rule that it breaks
     */
    static JoinRequest checked(Join join, Handshake handshake, String clientAddress) {
        handshake.check(join.getProtocolVersion(), join.getClusterId(), join.getClientName());
        GroupName.check(join.getGroup());
        Joining joining =
                new Joining(
                        join.getMemberId(),
                        join.getInstanceId(),
                        join.getClientName(),
                        clientAddress,
                        Subscription.of(join.getTopicsList()),
                        join.getWeight() == 0 ? Joining.DEFAULT_WEIGHT : join.getWeight(),
                        join.getRack(),
                        join.getLeaseMs());
        joining.fault()
                .ifPresent(
                        fault -> {
                            throw refusal(ErrorCode.INVALID_ARGUMENT, fault);
                        });
        return new JoinRequest(
                join.getGroup(),
                mode(join),
                join.getMemberEpoch(),
                join.getAttempt(),
                joining,
                join.getSerializedSize());
    }

    private static GroupMode mode(Join join) {
        return switch (join.getMode()) {
            case GROUP_MODE_UNSPECIFIED, GROUP_MODE_STREAM -> GroupMode.STREAM;
            case GROUP_MODE_QUEUE -> GroupMode.QUEUE;
            case UNRECOGNIZED ->
                    throw Failures.invalid(
                            "mode", "this broker does not know it; join in STREAM or QUEUE mode");
        };
    }

    /** The refusal of a join in the words of the group: "field: what is wrong". */
    static MillraceException refusal(ErrorCode code, String message) {
        MillraceException refusal = MillraceException.of(code, message);
        int colon = message.indexOf(':');
        boolean named = colon > 0 && message.substring(0, colon).matches("[a-z_]+");
        return named ? refusal.with("field", message.substring(0, colon)) : refusal;
    }

    boolean isQueue() {
        return mode == GroupMode.QUEUE;
    }

    /** Whether a stay is to go on. */
    boolean isResumption() {
        return memberEpoch != 0;
    }
}
