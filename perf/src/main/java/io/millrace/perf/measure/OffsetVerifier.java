package io.millrace.perf.measure;

import io.millrace.perf.workload.Stamp;

/**
 * Judges records of which nobody knows any more what was sent: by their offsets, which are dense,
 * and by the checksum of those that a benchmark has left. Thread-safe.
 */
public final class OffsetVerifier {
    private final long[] next;
    private long expected;
    private long received;
    private long lost;
    private long outOfOrder;
    private long corrupt;
    private long foreign;
    private String firstProblem;

    /**
     * @param starts the first offset of each partition that must come
     */
    public OffsetVerifier(long[] starts) {
        next = starts.clone();
    }

    /**
     * Judges a record that was received.
     *
     * @param key may be null
     * @param value may be null
     */
    public synchronized void accept(int partition, long offset, byte[] key, byte[] value) {
        received++;
        if (offset < next[partition]) {
            outOfOrder++;
            problem("offset %d of partition %d came late or again".formatted(offset, partition));
        } else {
            skip(partition, offset);
            expected++;
            next[partition] = offset + 1;
        }
        if (!Stamp.isIn(value)) {
            foreign++;
        } else if (!Stamp.isWhole(key, value)) {
            corrupt++;
            problem("offset %d of partition %d is corrupt".formatted(offset, partition));
        }
    }

    /**
     * Judges the whole, when no more will come.
     *
     * @param ends after the last offset of each partition that had to come
     */
    public synchronized Verification finish(long[] ends) {
        for (int i = 0; i < ends.length; i++) {
            if (next[i] < ends[i]) {
                skip(i, ends[i]);
                next[i] = ends[i];
            }
        }
        return result();
    }

    /** What is known so far, if nobody waits for the rest. */
    public synchronized Verification result() {
        return new Verification(
                "offsets, and CRC of records that a benchmark left",
                expected,
                received,
                lost,
                0,
                outOfOrder,
                corrupt,
                foreign,
                firstProblem);
    }

    private void skip(int partition, long offset) {
        if (offset > next[partition]) {
            expected += offset - next[partition];
            lost += offset - next[partition];
            problem("offset %d of partition %d is lost".formatted(next[partition], partition));
        }
    }

    private void problem(String sentence) {
        if (firstProblem == null) {
            firstProblem = sentence;
        }
    }
}
