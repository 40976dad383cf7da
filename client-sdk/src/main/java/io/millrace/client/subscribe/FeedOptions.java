package io.millrace.client.subscribe;

import java.util.function.Consumer;

/**
 * How a {@link PartitionFeed} reads. Internal.
 *
 * @param onGap is told of gaps that were stepped over, by the thread that takes the records
 * @param maxPollRecords how many records are given at once, 1 or more
 * @param prefetchRecords how many records may be read ahead, over all partitions
 * @param prefetchBytes how many bytes of batches may be read ahead, over all partitions
 * @param filter which records the brokers are to send; empty: all
 */
public record FeedOptions(
        GapPolicy gapPolicy,
        Consumer<Gap> onGap,
        int maxPollRecords,
        int prefetchRecords,
        long prefetchBytes,
        String filter) {}
