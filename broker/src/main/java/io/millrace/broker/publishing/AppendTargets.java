package io.millrace.broker.publishing;

import io.millrace.protocol.error.MillraceException;

/** Finds the partitions that publishers name. Thread-safe. */
public interface AppendTargets {

    /**
     * Finds a partition, for one stream.
     *
     * @param topicId refuse another topic of the same name; 0: do not check
     * @throws MillraceException if there is no such topic or partition, or not here
     */
    AppendTarget target(String topic, long topicId, int partition);
}
