package io.millrace.client.publish;

/** What an acknowledgement stands for. */
public enum Durability {
    /** The record is fsynced on a majority of the replicas. */
    QUORUM_FSYNC,
    /**
     * The answer did not say: that of an attempt so long ago that the broker has forgotten it, or
     * one that this SDK does not know.
     */
    UNKNOWN;

    static Durability of(io.millrace.v1.Durability achieved) {
        return achieved == io.millrace.v1.Durability.DURABILITY_QUORUM_FSYNC
                ? QUORUM_FSYNC
                : UNKNOWN;
    }
}
