package io.millrace.perf.workload;

import io.millrace.protocol.batch.Compression;
import java.time.Duration;

/** Workloads for tests. */
public final class Workloads {
    private Workloads() {}

    /** Some records at once, without a warm-up. */
    public static Workload of(long records, int recordSize, int keyCount, int publishers) {
        return of(records, recordSize, keyCount, publishers, 32 << 20);
    }

    static Workload ofMemory(int recordSize, long memoryBytes) {
        return of(1, recordSize, 0, 1, memoryBytes);
    }

    private static Workload of(
            long records, int recordSize, int keyCount, int publishers, long memoryBytes) {
        return new Workload(
                records,
                Duration.ZERO,
                Duration.ZERO,
                recordSize,
                keyCount,
                64 << 10,
                Duration.ofMillis(5),
                Compression.NONE,
                0,
                publishers,
                1,
                memoryBytes,
                7);
    }
}
