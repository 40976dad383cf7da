package io.millrace.client.subscribe;

import io.millrace.v1.DeliveredBatch;

/** What waits to be taken from one partition. */
sealed interface Fetched {
    /**
     * A batch, not read yet.
     *
     * @param batch as it came
     * @param firstOffset the first offset wanted; records before it are skipped
     */
    record Batch(DeliveredBatch batch, long firstOffset) implements Fetched {}

    /**
     * A hole that the broker has announced.
     *
     * @param gap which
     */
    record Hole(Gap gap) implements Fetched {}

    /**
     * Records that the subscriber's filter left out; none is missing.
     *
     * @param toOffset the first offset after them
     */
    record Filtered(long toOffset) implements Fetched {}
}
