package io.millrace.raft.wal;

/** Where a record is: segment number and byte, in one long. Later places are greater. */
final class Place {

    private Place() {}

    static long of(long segment, int offset) {
        return segment << 32 | offset;
    }

    static long segment(long place) {
        return place >>> 32;
    }

    static int offset(long place) {
        return (int) place;
    }
}
