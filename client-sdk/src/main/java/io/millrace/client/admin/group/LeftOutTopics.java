package io.millrace.client.admin.group;

import java.util.List;

/**
 * Topics that a group does not follow since it would be too much: nobody reads them for it.
 *
 * @param count how many
 * @param topics their names, at most 100 of them
 * @param maxPartitions the most partitions that a group follows
 */
public record LeftOutTopics(int count, List<String> topics, int maxPartitions) {}
