package io.millrace.client.group;

import io.millrace.v1.GroupMode;
import io.millrace.v1.Join;
import java.util.List;

/**
 * Who joins what.
 *
 * @param instanceId a name that survives restarts; empty: none
 * @param topics names, or patterns with *
 * @param weight 0: the default
 * @param leaseMs 0: the group's
 */
record MemberTerms(
        String group,
        String memberId,
        String instanceId,
        List<String> topics,
        int weight,
        String rack,
        int leaseMs) {
    private static final int PROTOCOL_VERSION = 1;

    MemberTerms {
        topics = List.copyOf(topics);
    }

    /**
     * The first message of a stream.
     *
     * @param memberEpoch the stay to go on with; 0: a new one
     */
    Join join(long memberEpoch, String clientName, String clusterId) {
        return Join.newBuilder()
                .setProtocolVersion(PROTOCOL_VERSION)
                .setClientName(clientName)
                .setClusterId(clusterId)
                .setGroup(group)
                .setMemberId(memberId)
                .setMemberEpoch(memberEpoch)
                .setInstanceId(instanceId)
                .addAllTopics(topics)
                .setWeight(weight)
                .setRack(rack)
                .setMode(GroupMode.GROUP_MODE_STREAM)
                .setLeaseMs(leaseMs)
                .build();
    }
}
