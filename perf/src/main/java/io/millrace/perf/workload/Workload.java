package io.millrace.perf.workload;

import io.millrace.protocol.batch.Compression;
import java.time.Duration;
import java.util.Objects;

/**
 * What a benchmark does, checked.
 *
 * @param records how many are measured, over all publishers; 0: as many as fit into the duration
 * @param duration how long is measured; zero: until all records are sent
 * @param warmUp how long the same goes on before, without being measured
 * @param recordSize bytes of each value
 * @param keyCount different keys; 0: records have no key
 * @param batchBytes when a publisher sends a batch
 * @param linger when a publisher sends a batch that is not full
 * @param compression of batches
 * @param rate records per second over all publishers; 0: as fast as possible
 * @param publishers how many publish at once
 * @param subscribers how many share the partitions
 * @param memoryBytes how many bytes of records each publisher may have without an answer
 * @param seed of payload and keys
 */
public record Workload(
        long records,
        Duration duration,
        Duration warmUp,
        int recordSize,
        int keyCount,
        int batchBytes,
        Duration linger,
        Compression compression,
        long rate,
        int publishers,
        int subscribers,
        long memoryBytes,
        long seed) {

    /** The most records of a run: what is verified takes memory, a bit a record at worst. */
    public static final long MAX_RECORDS = 10_000_000_000L;

    /** The largest value, in bytes: the largest batch, less what else is in it. */
    public static final int MAX_RECORD_SIZE = (8 << 20) - (1 << 10);

    /** The most publishers of a run: each has a thread. */
    public static final int MAX_PUBLISHERS = 1_000;

    private static final Duration MAX_DURATION = Duration.ofDays(1);

    /**
     * Checks each number.
     *
     * @throws IllegalArgumentException naming the option and its limits
     */
    public Workload {
        Objects.requireNonNull(compression, "compression");
        check("--records", records, 0, MAX_RECORDS, "");
        check("--duration", duration, MAX_DURATION);
        check("--warm-up", warmUp, MAX_DURATION);
        if (records == 0 && duration.isZero()) {
            throw new IllegalArgumentException("give --records or --duration, or both");
        }
        check(
                "--record-size",
                recordSize,
                Stamp.BYTES,
                MAX_RECORD_SIZE,
                " bytes; the first " + Stamp.BYTES + " tell records apart");
        check("--key-count", keyCount, 0, 1_000_000, "");
        check("--batch-bytes", batchBytes, 1 << 10, 8 << 20, " bytes");
        check("--linger", linger, Duration.ofSeconds(10));
        check("--rate", rate, 0, 100_000_000, " records per second");
        check("--publishers", publishers, 1, MAX_PUBLISHERS, "");
        check("--subscribers", subscribers, 1, 64, "");
        check("--memory", memoryBytes, 1 << 20, 1L << 34, " bytes");
        if (memoryBytes < 2L * recordSize) {
            throw new IllegalArgumentException(
                    "--memory is %d bytes; records of %d bytes need twice as much at least"
                            .formatted(memoryBytes, recordSize));
        }
    }

    /** The same records, as fast as possible and without a warm-up. */
    public Workload once() {
        return new Workload(
                records,
                Duration.ZERO,
                Duration.ZERO,
                recordSize,
                keyCount,
                batchBytes,
                linger,
                compression,
                0,
                publishers,
                subscribers,
                memoryBytes,
                seed);
    }

    /** How many of the measured records one publisher sends at most. */
    public long recordsOf(int publisher) {
        if (records == 0) {
            return MAX_RECORDS;
        }
        return records / publishers + (publisher < records % publishers ? 1 : 0);
    }

    /**
     * When the last record is sent, in nanoseconds from the start; only records may end it before.
     */
    public long endNanos() {
        return duration.isZero() ? Long.MAX_VALUE / 2 : warmUp.plus(duration).toNanos();
    }

    private static void check(String option, long value, long min, long max, String unit) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "%s is %d; it must be %d to %d%s".formatted(option, value, min, max, unit));
        }
    }

    private static void check(String option, Duration value, Duration max) {
        if (value.isNegative() || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "%s is %d ms; it must be 0 to %d s"
                            .formatted(option, value.toMillis(), max.toSeconds()));
        }
    }
}
