package io.millrace.broker.coordinator;

import io.millrace.broker.group.PartitionKey;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Where the logs of partitions end. Thread-safe; no method blocks. */
public interface LogEnds {

    /**
     * An end that the log has reached for sure, as far as this broker knows by itself: the true one
     * is there or above. 0 if nothing is known here.
     */
    long known(String topic, PartitionKey partition);

    /** The shard that a partition is on: partitions of one can be asked for together; -1: none. */
    int shard(String topic, PartitionKey partition);

    /**
     * Where logs end: everything that was acknowledged before the call is below.
     *
     * @return the ends by partition number; ends within some seconds, and fails with a
     *     MillraceException if a leader cannot be asked or the topic is gone
     */
    CompletableFuture<Map<Integer, Long>> ask(String topic, Collection<Integer> partitions);
}
