package io.millrace.perf.measure;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Collects times with three digits, from 1 ns to 1 h; longer ones count as 1 h. Nothing is
 * corrected afterwards for records that were sent late: the open loop measures from the time they
 * were due. Thread-safe.
 */
public final class LatencyRecorder {
    private static final int DIGITS = 3;
    private static final long MAX = TimeUnit.HOURS.toNanos(1);
    private static final double MILLI = 1e6;

    private final Histogram histogram = new ConcurrentHistogram(1, MAX, DIGITS);

    /** Adds one, in nanoseconds. */
    public void record(long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, MAX)));
    }

    /** What has been collected so far. */
    public Latency latency() {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getMean() / MILLI,
                percentile(50),
                percentile(95),
                percentile(99),
                percentile(99.9),
                histogram.getMaxValue() / MILLI);
    }

    /**
     * All of it, in nanoseconds, as HdrHistogram writes it: V2, compressed, in Base64. To be asked
     * when nothing is added any more.
     */
    public String encoded() {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    /** A percentile of what has been collected so far, in milliseconds. */
    public double percentile(double percent) {
        return histogram.getValueAtPercentile(percent) / MILLI;
    }
}
