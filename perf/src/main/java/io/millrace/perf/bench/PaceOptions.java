package io.millrace.perf.bench;

import io.millrace.cli.DurationConverter;
import io.millrace.perf.workload.Workload;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How fast and how long records are published. */
final class PaceOptions {
    private static final Duration DEFAULT_DURATION = Duration.ofSeconds(30);

    @Option(
            names = "--records",
            paramLabel = "N",
            description = "Stop after so many, those of the warm-up not counted.")
    private long records;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "Stop after so long, the warm-up not counted. Default: 30s if there is no"
                            + " --records.")
    private Duration duration;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationConverter.class,
            description =
                    "Do the same for so long before, and leave it out of the numbers. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Duration warmUp;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Records a second over all publishers, due at fixed times whatever the cluster"
                            + " does; latency counts from these. Default: as fast as possible.")
    private long rate;

    /** The workload of these and other options. */
    Workload workload(RecordOptions options, int subscribers) {
        Duration time = duration;
        if (time == null) {
            time = records > 0 ? Duration.ZERO : DEFAULT_DURATION;
        }
        return new Workload(
                records,
                time,
                warmUp,
                (int) Math.min(Integer.MAX_VALUE, options.recordSize),
                options.keyCount,
                (int) Math.min(Integer.MAX_VALUE, options.batchBytes),
                options.linger,
                options.compression,
                rate,
                options.publishers,
                subscribers,
                options.memoryBytes,
                options.seed);
    }
}
