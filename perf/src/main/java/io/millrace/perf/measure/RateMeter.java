package io.millrace.perf.measure;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what goes through from a point in time on. Times are nanoseconds of one clock.
 * Thread-safe, but only one thread samples.
 */
public final class RateMeter {
    private final long fromNanos;
    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAccumulator last;
    private final WorstSecond worst = new WorstSecond();

    /**
     * @param fromNanos what comes before does not count
     */
    public RateMeter(long fromNanos) {
        this.fromNanos = fromNanos;
        this.last = new LongAccumulator(Math::max, fromNanos);
    }

    /** What comes before does not count. */
    public long fromNanos() {
        return fromNanos;
    }

    /** Counts records that went through at a time. */
    public void count(long nanos, long moreRecords, long moreBytes) {
        if (nanos >= fromNanos) {
            records.add(moreRecords);
            bytes.add(moreBytes);
            last.accumulate(nanos);
        }
    }

    /** Looks for the worst second; called every tenth of one while things should go through. */
    public void sample(long nanos) {
        if (nanos >= fromNanos) {
            worst.sample(nanos, records.sum());
        }
    }

    /** How many have gone through. */
    public long records() {
        return records.sum();
    }

    /** From the point in time to the last record. */
    public Throughput throughput() {
        double seconds = (last.get() - fromNanos) / 1e9;
        long count = records.sum();
        long size = bytes.sum();
        return new Throughput(
                count,
                size,
                seconds,
                seconds > 0 ? count / seconds : 0,
                seconds > 0 ? size / seconds / 1e6 : 0,
                worst.rate().isPresent() ? worst.rate().getAsDouble() : null);
    }
}
