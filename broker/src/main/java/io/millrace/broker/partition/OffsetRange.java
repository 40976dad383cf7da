package io.millrace.broker.partition;

/**
 * Some offsets of a partition, one or more.
 *
 * @param from the first one
 * @param to the one after the last
 */
public record OffsetRange(long from, long to) {

    public OffsetRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("no offsets lie from " + from + " to " + to);
        }
    }

    /** How many they are. */
    public long count() {
        return to - from;
    }

    boolean contains(long offset) {
        return offset >= from && offset < to;
    }

    @Override
    public String toString() {
        return from + " to " + to;
    }
}
