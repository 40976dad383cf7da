package io.millrace.client.group;

/**
 * Where a group begins in a partition of which it has committed nothing.
 *
 * <p>A partition that came into being after the group had begun to follow its topic, or the pattern
 * that means it, is the group's as a whole: it begins there with the first record, whatever the
 * policy. Else all that was published before a member heard of the partition would be skipped.
 */
public enum StartPolicy {
    /** At the first record still held. */
    EARLIEST,
    /**
     * After the last record at the time when the group begins to follow it; the place is committed
     * before the first record is given.
     */
    LATEST,
    /** Nowhere: the subscriber fails with OFFSET_OUT_OF_RANGE. */
    FAIL
}
