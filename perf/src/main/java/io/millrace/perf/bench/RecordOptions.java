package io.millrace.perf.bench;

import io.millrace.cli.BytesConverter;
import io.millrace.cli.CountConverter;
import io.millrace.cli.DurationConverter;
import io.millrace.protocol.batch.Compression;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What records are like, and how they are published. */
final class RecordOptions {
    @Option(
            names = "--record-size",
            paramLabel = "BYTES",
            defaultValue = "1KiB",
            converter = BytesConverter.class,
            description =
                    "Size of each value; half of it is random. At least 36 bytes. Default:"
                            + " ${DEFAULT-VALUE}.")
    long recordSize;

    @Option(
            names = "--key-count",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Give the records this many different keys. Default: no keys.")
    int keyCount;

    @Option(
            names = "--batch-bytes",
            paramLabel = "BYTES",
            defaultValue = "64KiB",
            converter = BytesConverter.class,
            description = "A batch is sent when it is so large. Default: ${DEFAULT-VALUE}.")
    long batchBytes;

    @Option(
            names = "--linger",
            paramLabel = "TIME",
            defaultValue = "5ms",
            converter = DurationConverter.class,
            description =
                    "... or when its first record has waited so long. Default: ${DEFAULT-VALUE}.")
    Duration linger;

    @Option(
            names = "--compression",
            paramLabel = "none|lz4|zstd",
            defaultValue = "none",
            description = "How batches are compressed. Default: ${DEFAULT-VALUE}.")
    Compression compression;

    @Option(
            names = "--memory",
            paramLabel = "BYTES",
            defaultValue = "32MiB",
            converter = BytesConverter.class,
            description =
                    "Records without an answer that each publisher may hold; then it waits. Default:"
                            + " ${DEFAULT-VALUE}.")
    long memoryBytes;

    @Option(
            names = "--publishers",
            paramLabel = "N",
            defaultValue = "1",
            converter = CountConverter.class,
            description = "How many publish at once. Default: ${DEFAULT-VALUE}.")
    int publishers;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "The same seed gives the same keys and values. Default: ${DEFAULT-VALUE}.")
    long seed;
}
