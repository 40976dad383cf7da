package io.millrace.client.subscribe;

import io.millrace.client.read.Consistency;
import io.millrace.client.read.ReadFrom;
import io.millrace.client.record.TopicPartition;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What {@link SubscriberBuilder} collects.
 *
 * @param consistency null: the default
 * @param filter which records the brokers are to send; empty: all
 * @param spreadIntervalNanos how often to look for brokers that have come back, on average
 */
record SubscriberOptions(
        Set<String> wholeTopics,
        Map<TopicPartition, Position> partitions,
        Position from,
        GapPolicy gapPolicy,
        Consumer<Gap> onGap,
        int maxPollRecords,
        int prefetchRecords,
        long prefetchBytes,
        long openTimeoutNanos,
        Consistency consistency,
        ReadFrom readFrom,
        String filter,
        long spreadIntervalNanos) {}
