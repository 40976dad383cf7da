package io.millrace.broker.subscription;

import io.millrace.broker.partition.PartitionLog;
import java.util.concurrent.CompletableFuture;

/** A partition that this broker can serve reads of. Thread-safe. */
public interface ServedPartition {

    /** Its log. */
    PartitionLog log();

    /** The epoch of the leader whose entries were applied last; 0 if none yet. */
    long leaderEpoch();

    /** Whether the records below the log start were trimmed by somebody, not expired. */
    boolean trimmedOnRequest();

    /** Whether the partition still exists here. */
    boolean exists();

    /** The number of its shard: partitions of one shard share their read barriers. */
    int shard();

    /**
     * Completes when everything acknowledged before the call can be read. Fails if that is unknown.
     */
    CompletableFuture<Void> readBarrier();
}
