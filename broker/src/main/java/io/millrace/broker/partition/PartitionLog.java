package io.millrace.broker.partition;

import java.io.IOException;
import java.util.List;

/**
 * The readable log of one partition replica.
 *
 * <p>What survives: an append survives kill -9 as far as the kernel kept its pages, and a power cut
 * only once {@link PartitionLogStore#force} has covered it. Nobody relies on more: at start the log
 * is cut back to its checkpoint and the write-ahead log is applied again.
 *
 * <p>Thread-safety: {@link #append}, {@link #trim} and {@link #state} belong to the apply thread of
 * the partition's shard; everything else may be called by any thread.
 */
public interface PartitionLog {

    /** The partition's id. */
    long partitionId();

    /** The first offset held. */
    long startOffset();

    /** The offset that the next record will get; readers see what lies below. */
    long endOffset();

    /** The append time of the last batch, milliseconds since 1970 UTC; 0 if there never was one. */
    long lastAppendTimeMs();

    /** Bytes of the segments that hold records at or after the log start. */
    long sizeBytes();

    /**
     * Appends batches in one excerpt. They follow each other, from {@link #endOffset()} on. When it
     * returns, readers see them.
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
     * Begins a new segment with the next append, so that the present one can be trimmed. No effect
     * on an empty segment.
     */
    void roll();

    /** Sets the sizes for segments begun from now on. */
    void configure(SegmentLimits limits);

    /** An immutable copy for a checkpoint; cheap. */
    LogState state();

    /**
     * The segments with records at or after the log start, oldest first, the last one being
     * written.
     */
    List<SegmentState> segments();

    /**
     * The offset of the first batch appended at or after a time, or {@link #endOffset()} if there
     * is none.
     */
    long offsetAt(long timestampMs) throws IOException;

    /**
     * A reader whose first batch is the one that holds the offset.
     *
     * @param offset between {@link #startOffset()} and {@link #endOffset()}
     */
    LogReader reader(long offset);

    /** Calls the listener after every append, on the apply thread; it must not block. */
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
