package io.millrace.client.admin;

import java.util.List;
import java.util.Map;

/**
 * A topic and its partitions.
 *
 * @param topic the topic
 * @param partitions in the order of their numbers
 * @param effectiveConfig all settings in force, the defaults too
 */
public record TopicDescription(
        TopicInfo topic, List<PartitionInfo> partitions, Map<String, String> effectiveConfig) {}
