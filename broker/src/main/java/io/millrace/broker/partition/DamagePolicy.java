package io.millrace.broker.partition;

/** What to do about a segment of a checkpoint that is missing or visibly damaged at start. */
public enum DamagePolicy {
    /** The log does not open: nobody else has the records. */
    REFUSE,
    /** Its offsets become a hole, to be filled from other replicas. */
    LEAVE_HOLE
}
