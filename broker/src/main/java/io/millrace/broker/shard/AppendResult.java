package io.millrace.broker.shard;

import io.millrace.protocol.error.ErrorCode;

/** The fate of one batch. */
public sealed interface AppendResult {

    /**
     * It is stored.
     *
     * @param baseOffset the offset of its first record
     * @param leaderEpoch the epoch of the leader that stored it
     * @param appendTimeMs its time stamp, milliseconds since 1970 UTC
     */
    record Appended(long baseOffset, long leaderEpoch, long appendTimeMs) implements AppendResult {}

    /**
     * It had been stored before.
     *
     * @param baseOffset the offset of its first record; {@link #UNKNOWN_OFFSET} if that is
     *     forgotten
     * @param leaderEpoch the epoch of the leader that stored it; 0 if forgotten
     * @param appendTimeMs its time stamp; 0 if forgotten
     */
    record Duplicate(long baseOffset, long leaderEpoch, long appendTimeMs) implements AppendResult {

        /** Stored so long ago that nobody remembers where. */
        public static final long UNKNOWN_OFFSET = -1;

        static final Duplicate FORGOTTEN = new Duplicate(UNKNOWN_OFFSET, 0, 0);
    }

    /**
     * It is not stored, or, if the code says so, nobody knows.
     *
     * @param code why
     * @param message a sentence for a person
     */
    record Refused(ErrorCode code, String message) implements AppendResult {}
}
