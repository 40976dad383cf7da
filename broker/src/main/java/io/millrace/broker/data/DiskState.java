package io.millrace.broker.data;

/** Whether the disk of the data directory takes writes. */
public enum DiskState {
    /** There is room. */
    OK,
    /** The free space is below the reserve: writes are refused, reads are served. */
    FULL
}
