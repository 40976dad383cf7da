package io.millrace.client.group;

/** Where a group begins in a partition of which it has committed nothing. */
public enum StartPolicy {
    /** At the first record still held. */
    EARLIEST,
    /** After the last record; the place is committed before the first record is given. */
    LATEST,
    /** Nowhere: the subscriber fails with OFFSET_OUT_OF_RANGE. */
    FAIL
}
