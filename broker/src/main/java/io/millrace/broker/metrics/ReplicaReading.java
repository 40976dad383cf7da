package io.millrace.broker.metrics;

/**
 * What a replica of a data shard here lacks, at one moment.
 *
 * @param shard the shard's number
 * @param missingRecords records missing in its logs
 * @param pulledBytes bytes pulled since it began to miss any
 */
public record ReplicaReading(int shard, long missingRecords, long pulledBytes) {}
