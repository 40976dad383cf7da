package io.millrace.perf.workload;

/**
 * When records are due at a constant rate, whatever the cluster does: an open loop. Latency is
 * measured from these times, so a stall counts for every record that should have been sent in it.
 * The publishers take turns.
 *
 * @param rate records per second over all publishers, 1 or more
 * @param publisher which one, counted from 0
 * @param publishers how many there are
 */
public record Schedule(long rate, int publisher, int publishers) {
    private static final long SECOND = 1_000_000_000L;

    /** When a record of this publisher is due, in nanoseconds from the start; never rounded up. */
    public long dueNanos(long sequence) {
        long turn = sequence * publishers + publisher;
        return turn / rate * SECOND + turn % rate * SECOND / rate;
    }
}
