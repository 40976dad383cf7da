package io.millrace.client.admin.group;

import java.util.List;

/**
 * A member of a group.
 *
 * @param memberId its id
 * @param memberEpoch the epoch of its stay
 * @param instanceId its name that survives restarts; may be empty
 * @param clientName its client's name; may be empty
 * @param clientAddress where it comes from, host:port
 * @param topics the topics and patterns that it follows
 * @param weight how much it takes compared with others
 * @param rack where it runs; may be empty
 * @param silentMs since its last sign of life, in milliseconds
 * @param leaseMs how long it may be silent, in milliseconds
 */
public record MemberInfo(
        String memberId,
        long memberEpoch,
        String instanceId,
        String clientName,
        String clientAddress,
        List<String> topics,
        int weight,
        String rack,
        long silentMs,
        long leaseMs) {}
