package io.millrace.broker.metrics;

/**
 * What a partition log looks like at one moment.
 *
 * @param topic the topic's name
 * @param partition the partition's number
 * @param startOffset the log start offset
 * @param endOffset the log end offset
 * @param sizeBytes bytes of its segments
 * @param segments how many segments it has
 */
public record PartitionReading(
        String topic,
        int partition,
        long startOffset,
        long endOffset,
        long sizeBytes,
        int segments) {}
