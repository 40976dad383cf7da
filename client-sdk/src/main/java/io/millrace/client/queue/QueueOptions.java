package io.millrace.client.queue;

import io.millrace.client.membership.MemberTerms;

/**
 * What {@link QueueReceiverBuilder} collects.
 *
 * @param deliveryLeaseMs 0: the group's
 * @param maxRecords how many deliveries are given at once, 1 or more
 * @param prefetchRecords how many may wait here, over all brokers
 * @param prefetchBytes how many bytes of batches may wait here, over all brokers
 */
record QueueOptions(
        MemberTerms terms,
        int deliveryLeaseMs,
        int maxRecords,
        int prefetchRecords,
        long prefetchBytes,
        long closeTimeoutNanos) {}
