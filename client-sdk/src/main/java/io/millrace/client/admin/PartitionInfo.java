package io.millrace.client.admin;

/**
 * The state of one partition.
 *
 * @param partition its number, counted from 0
 * @param partitionId its id, never reused
 * @param shard the shard that orders its writes
 * @param leaderNode the node id of the leader; 0: none at the moment
 * @param leaderEpoch the epoch of that leader
 * @param logStartOffset the first offset still held
 * @param logEndOffset the offset that the next record will get
 * @param sizeBytes bytes of its log on the answering broker's disk
 * @param segments segments on the answering broker
 */
public record PartitionInfo(
        int partition,
        long partitionId,
        int shard,
        int leaderNode,
        long leaderEpoch,
        long logStartOffset,
        long logEndOffset,
        long sizeBytes,
        int segments) {}
