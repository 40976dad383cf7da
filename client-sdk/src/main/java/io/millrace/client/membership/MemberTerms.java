package io.millrace.client.membership;

import io.millrace.v1.GroupMode;
import io.millrace.v1.Join;
import java.util.List;

/**
 * Who joins what. Internal.
 *
 * @param instanceId a name that survives restarts; empty: none
 * @param topics names, or patterns with *
 * @param weight 0: the default
 * @param leaseMs how long it may be silent; 0: as the group has it
 * @param mode the group's if the join creates it
 */
public record MemberTerms(
        String group,
        String memberId,
        String instanceId,
        List<String> topics,
        int weight,
        String rack,
        int leaseMs,
        GroupMode mode) {
    private static final int PROTOCOL_VERSION = 1;

    public MemberTerms {
        topics = List.copyOf(topics);
    }

    /**
     * The first message of a stream.
     *
     * @param memberEpoch the stay to go on with; 0: a new one
     * @param attempt the number of the stream, higher than those of all before
     */
    Join join(long memberEpoch, long attempt, String clientName, String clusterId) {
        return Join.newBuilder()
                .setProtocolVersion(PROTOCOL_VERSION)
                .setClientName(clientName)
                .setClusterId(clusterId)
                .setGroup(group)
                .setMemberId(memberId)
                .setMemberEpoch(memberEpoch)
                .setAttempt(attempt)
                .setInstanceId(instanceId)
                .addAllTopics(topics)
                .setWeight(weight)
                .setRack(rack)
                .setMode(mode)
                .setLeaseMs(leaseMs)
                .build();
    }
}
