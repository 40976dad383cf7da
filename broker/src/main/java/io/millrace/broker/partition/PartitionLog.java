package io.millrace.broker.partition;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The readable log of one partition replica.
 *
 * <p>What survives: an append survives kill -9 as far as the kernel kept its pages, and a power cut
 * only once {@link PartitionLogStore#force} has covered it. Nobody relies on more: at start the log
 * is cut back to its checkpoint and the write-ahead log is applied again.
 *
 * <p>It may have holes: offsets between its start and its end that this replica misses and others
 * have. What is appended goes on behind them.
 *
 * <p>Thread-safety: {@link #append}, {@link #trim}, {@link #skipTo} and {@link #state} belong to
 * the apply thread of the partition's shard; everything else may be called by any thread.
 */
public interface PartitionLog {

    /** The partition's id. */
    long partitionId();

    /** The first offset held. */
    long startOffset();

    /** The offset that the next record will get; readers see what lies below. */
    long endOffset();

    /**
     * The append time of the last batch held, milliseconds since 1970 UTC; 0 if there never was
     * one.
     */
    long lastAppendTimeMs();

    /** Bytes of the segments that hold records at or after the log start. */
    long sizeBytes();

    /**
     * Appends batches in one excerpt. They follow each other, from {@link #endOffset()} on. When it
     * returns, readers see them. Their bytes may be kept and must never change.
     *
     * @throws DiskFullException if the disk is full. The log is as before the call, and the call
     *     may be repeated.
     * @throws IOException if the disk failed; the broker must stop. Readers see the log as before
     *     the call.
     */
    void append(List<StoredBatch> batches) throws IOException;

    /**
     * Moves the log start up; a lower offset than the present is ignored. Whole segments below are
     * dropped from the log at once and from the disk once no reader holds them and a manifest
     * without them is durable. At most {@link #endOffset()}.
     */
    void trim(long startOffset);

    /**
     * Moves the log end up; what lies between is a hole from now on. For a checkpoint of another
     * replica, which knows of records that this one has not got.
     *
     * @param endOffset at least {@link #endOffset()}
     */
    void skipTo(long endOffset);

    /** What is missing, by rising offset; no two of the ranges touch. Never blocks. */
    List<OffsetRange> holes();

    /**
     * Writes records that were missing. When it returns, readers see them. They are durable with
     * the next checkpoint and missing again after a crash before it. Batches below the log start
     * are left out: it may have moved up meanwhile.
     *
     * @param batches as another replica holds them. They follow each other from the first offset of
     *     a hole on; only at the log start may the first begin before it
     * @throws IllegalArgumentException if they do not fit into a hole; nothing is changed
     * @throws DiskFullException if the disk is full; nothing is changed
     * @throws IOException if the disk failed; the broker must stop
     */
    void fill(List<StoredBatch> batches) throws IOException;

    /**
     * Gives a corrupt segment up: what it holds is a hole from now on. Its files go as those of a
     * trimmed one do.
     *
     * @param segmentNumber as {@link LogReader.CorruptLogException#segmentNumber()} says
     * @return what is missing now; empty if the log has no such segment any more
     */
    Optional<OffsetRange> lose(long segmentNumber);

    /**
     * Begins a new segment with the next append, so that the present one can be trimmed. No effect
     * on an empty segment.
     */
    void roll();

    /** Sets the sizes for segments begun from now on. */
    void configure(SegmentLimits limits);

    /** An immutable copy for a checkpoint; cheap. */
    LogState state();

    /**
     * The segments with records at or after the log start, oldest first; the last one may be being
     * written.
     */
    List<SegmentState> segments();

    /**
     * The offset of the first batch appended at or after a time, or {@link #endOffset()} if there
     * is none.
     *
     * @throws LogReader.MissingException if that batch may lie in a hole
     */
    long offsetAt(long timestampMs) throws IOException;

    /**
     * A reader whose first batch is the one that holds the offset.
     *
     * @param offset between {@link #startOffset()} and {@link #endOffset()}
     */
    LogReader reader(long offset);

    /**
     * A reader as {@link #reader} gives, for somebody who stays: near the end of the log it takes
     * from memory what was just appended.
     */
    default LogReader follower(long offset) {
        return reader(offset);
    }

    /**
     * Calls the listener after every append, on the apply thread, and when missing records were
     * filled in, on the thread that did; it must not block.
     */
    void addAppendListener(Runnable listener);

    /** Stops the calls. */
    void removeAppendListener(Runnable listener);

    /** The free space of the disk does not allow an append; it may be repeated. */
    final class DiskFullException extends IOException {

        private static final long serialVersionUID = 1L;

        public DiskFullException(String message) {
            super(message);
        }
    }
}
