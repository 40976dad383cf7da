package io.millrace.client.admin.group;

import java.util.List;
import java.util.Map;

/**
 * A group, its members and its partitions.
 *
 * @param group the group
 * @param groupEpoch grows with every change
 * @param paused whether somebody has paused it
 * @param config all settings in force, the defaults too
 * @param members in the order of their ids
 * @param partitions in the order of topic and number
 * @param seeks the newest seeks, newest first, at most 20
 * @param leftOut topics that members mean and the group does not follow; null: none, or the
 *     coordinator could not be asked
 */
public record GroupDescription(
        GroupInfo group,
        long groupEpoch,
        boolean paused,
        Map<String, String> config,
        List<MemberInfo> members,
        List<GroupPartition> partitions,
        List<SeekLogEntry> seeks,
        LeftOutTopics leftOut) {}
