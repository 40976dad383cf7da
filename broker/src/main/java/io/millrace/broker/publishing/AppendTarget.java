package io.millrace.broker.publishing;

import io.millrace.protocol.error.MillraceException;
import java.nio.ByteBuffer;

/** One stream's way into a partition. Used by one thread at a time; no method blocks. */
public interface AppendTarget {

    /** A batch that has so many bytes before its position need not be copied. */
    int ROOM_BYTES = 32;

    /** The largest batch it takes, in bytes. */
    int maxBatchBytes();

    /** The term in which its shard is led by this broker; 0 if it is not. */
    long leadingTerm();

    /**
     * What to answer when {@link #leadingTerm} is 0: NOT_LEADER or LEADER_UNAVAILABLE, with the
     * leader to turn to if one is known.
     *
     * @param name topic and number, for the message
     */
    MillraceException notLeading(String name);

    /**
     * Appends a batch that has passed the checks. Batches are stored and answered in the order of
     * the calls, or fail; never answered on the calling thread.
     *
     * @param term the term it is meant for; it fails in any other
     * @param batch the bytes between position and limit; what is before them is written over
     * @param deadlineNanos not proposed after this monotonic time
     * @param callback hears exactly once, on any thread
     */
    void append(long term, ByteBuffer batch, long deadlineNanos, AppendCallback callback);

    /** Hears the fate of one batch. Must not block. */
    interface AppendCallback {

        /** It is stored. */
        void stored(long baseOffset, long leaderEpoch, long appendTimeMs);

        /**
         * It was stored by an earlier attempt.
         *
         * @param baseOffset where; -1 if that is forgotten
         */
        void duplicate(long baseOffset, long leaderEpoch, long appendTimeMs);

        /** It is not stored, or nobody knows. */
        void refused(MillraceException reason);
    }
}
