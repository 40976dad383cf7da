package io.millrace.client.admin;

/**
 * A topic that is gone, or would be.
 *
 * @param topic as it was
 * @param recordCount records held, over all partitions
 */
public record DeletedTopic(TopicInfo topic, long recordCount) {}
