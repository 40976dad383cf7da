package io.millrace.client.admin;

import java.util.Map;

/**
 * A topic.
 *
 * @param name its name
 * @param topicId its id, never reused
 * @param partitions how many it has
 * @param replicas how many brokers hold each partition
 * @param config settings that differ from the default
 * @param createTimeMs when it was created, milliseconds since 1970 UTC
 */
public record TopicInfo(
        String name,
        long topicId,
        int partitions,
        int replicas,
        Map<String, String> config,
        long createTimeMs) {}
