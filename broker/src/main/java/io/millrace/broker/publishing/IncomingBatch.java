package io.millrace.broker.publishing;

import java.nio.ByteBuffer;

/**
 * A batch that has passed the checks.
 *
 * @param stream its partition
 * @param correlationId the publisher's number for it
 * @param batch its bytes
 * @param bytes how many
 * @param records how many it holds
 * @param arrivedNanos when it came, monotonic
 * @param deadlineNanos it is not proposed after this monotonic time
 */
record IncomingBatch(
        PartitionStream stream,
        long correlationId,
        ByteBuffer batch,
        int bytes,
        int records,
        long arrivedNanos,
        long deadlineNanos) {}
