package io.millrace.broker.subscription;

import io.millrace.protocol.error.MillraceException;

/** Finds the partitions that subscribers name. Thread-safe. */
public interface PartitionResolver {

    /**
     * Finds a partition.
     *
     * @param topicId refuse another topic of the same name; 0: do not check
     * @throws MillraceException if there is no such topic or partition, or not here
     */
    ServedPartition resolve(String topic, long topicId, int partition);
}
