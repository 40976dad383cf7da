package io.millrace.client.admin;

/**
 * One trimmed partition.
 *
 * @param partition its number
 * @param oldLogStartOffset the log start before
 * @param logStartOffset the log start now
 */
public record TrimmedPartition(int partition, long oldLogStartOffset, long logStartOffset) {}
