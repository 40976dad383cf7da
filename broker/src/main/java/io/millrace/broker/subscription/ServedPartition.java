package io.millrace.broker.subscription;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.CompletableFuture;

/** A partition that this broker can serve reads of. Thread-safe. */
public interface ServedPartition {

    /** Its log. */
    PartitionLog log();

    /** The epoch of the leader whose entries were applied last; 0 if none yet. */
    long leaderEpoch();

    /** Whether the records below the log start were trimmed by somebody, not expired. */
    boolean trimmedOnRequest();

    /**
     * Hears that a segment of the log is corrupt.
     *
     * @return whether it was given up, because other replicas have its records
     */
    boolean corruptionFound(CorruptLogException found);

    /** Whether the partition still exists here. */
    boolean exists();

    /** Whether its replica still belongs to this broker. Its files may be closed if not. */
    boolean isHere();

    /** Whether this replica leads and has committed in its term. */
    boolean leads();

    /**
     * How old the newest state is that is known to be applied wholly, in nanoseconds; {@code
     * Long.MAX_VALUE} if unknown.
     */
    long stalenessNanos();

    /** The same failure, with the leader to turn to if another broker is known to lead. */
    MillraceException redirected(MillraceException failure);

    /** The same failure, with the leader or else another replica to turn to. */
    MillraceException toAnother(MillraceException failure);

    /** What to answer when the replica is not here any more. */
    MillraceException elsewhere();

    /** The number of its shard: partitions of one shard share their read barriers. */
    int shard();

    /**
     * Completes when everything acknowledged before the call can be read. Fails if that is unknown,
     * or stays open: whoever waits has a deadline of its own.
     */
    CompletableFuture<Void> readBarrier();
}
