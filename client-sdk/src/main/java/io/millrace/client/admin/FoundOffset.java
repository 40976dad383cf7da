package io.millrace.client.admin;

/**
 * An offset found.
 *
 * @param partition the partition's number
 * @param offset the offset
 * @param leaderEpoch the epoch of the leader that answered
 */
public record FoundOffset(int partition, long offset, long leaderEpoch) {}
