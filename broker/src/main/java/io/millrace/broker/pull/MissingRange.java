package io.millrace.broker.pull;

import io.millrace.broker.partition.OffsetRange;

/**
 * A hole of one partition.
 *
 * @param partitionId the partition
 * @param range what is missing
 */
record MissingRange(long partitionId, OffsetRange range) {

    /** What stays the same while it is filled from its beginning on. */
    Key key() {
        return new Key(partitionId, range.to());
    }

    /**
     * Names a hole.
     *
     * @param partitionId the partition
     * @param to where it ends
     */
    record Key(long partitionId, long to) {}
}
