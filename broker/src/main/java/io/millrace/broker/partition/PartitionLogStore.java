package io.millrace.broker.partition;

import java.io.IOException;
import java.util.Collection;

/** All partition logs of one shard replica, in one directory. Thread-safe. */
public interface PartitionLogStore extends AutoCloseable {

    /**
     * Opens a log as a checkpoint describes it: cut back to it, with writing to go on in a new
     * segment. {@link LogState#EMPTY} for a new partition.
     *
     * @param damage what becomes of a segment that is missing, shorter than the checkpoint says, or
     *     whose header is damaged
     * @throws LogReader.CorruptLogException if there is such a segment, and it is refused; or if
     *     the state is not that of a log
     */
    PartitionLog open(long partitionId, SegmentLimits limits, LogState state, DamagePolicy damage)
            throws IOException;

    /** Opens a log that must be whole as far as its state says. */
    default PartitionLog open(long partitionId, SegmentLimits limits, LogState state)
            throws IOException {
        return open(partitionId, limits, state, DamagePolicy.REFUSE);
    }

    /** Drops a partition's log; its files go once a manifest without it is durable. */
    void delete(long partitionId);

    /**
     * Moves everything on the disk that no open log names to the trash. Called once at start, after
     * all logs of the checkpoint were opened.
     */
    void discardUnknown() throws IOException;

    /**
     * Forces one log up to a copy of its state: the data of its segments, and the directories.
     *
     * @throws IOException if a force failed, now or in the background before, or the store was
     *     closed meanwhile; the state is not durable and the broker must stop
     */
    void force(long partitionId, LogState state) throws IOException;

    /**
     * A manifest is durable that names these partitions, each with the state that was forced last;
     * it and the one before are all that a start may begin with. Segments and logs that were
     * dropped and are in neither are removed from the disk. One checkpoint at a time.
     */
    void manifestDurable(Collection<Long> partitionIds) throws IOException;

    /**
     * Whether something was dropped and is still on the disk, until manifests without it are
     * durable. Never blocks for long.
     */
    boolean holdsDropped();

    /** Bytes of all logs. */
    long sizeBytes();

    @Override
    void close() throws IOException;
}
