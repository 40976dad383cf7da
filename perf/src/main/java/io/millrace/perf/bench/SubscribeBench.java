package io.millrace.perf.bench;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.CountConverter;
import io.millrace.cli.DurationConverter;
import io.millrace.perf.load.Publishing;
import io.millrace.perf.load.RunClock;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.measure.Report;
import io.millrace.perf.measure.Setting;
import io.millrace.perf.measure.Verification;
import io.millrace.perf.workload.Workload;
import java.time.Duration;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench subscribe}. */
@Command(
        name = "subscribe",
        description = {
            "Measure reading a topic from its earliest record to the end it has at the start.",
            "Without --topic one is filled before, which is not measured. Exit code 1 if a record"
                    + " is lost, doubled, out of order or corrupt.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace bench subscribe --records 5000000 --record-size 100",
            "  millrace bench subscribe --topic orders --subscribers 2",
            "  millrace bench subscribe --topic orders --duration 60s --report subscribe.json",
        })
final class SubscribeBench extends BenchVerb {
    private static final long DEFAULT_RECORDS = 1_000_000;

    @Option(
            names = "--records",
            paramLabel = "N",
            description = "Fill the topic created for the run with so many. Default: 1000000.")
    private Long records;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationConverter.class,
            description = "Read the topic again and again for so long. Default: once.")
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
            names = "--subscribers",
            paramLabel = "N",
            defaultValue = "1",
            converter = CountConverter.class,
            description =
                    "How many share the partitions; no more than those. Default: ${DEFAULT-VALUE}.")
    private int subscribers;

    SubscribeBench(CommandContext context) {
        super(context, "subscribe");
    }

    @Override
    Workload workload(RecordOptions options) {
        if (isTopicNamed() && records != null) {
            throw new CommandException(
                    "--records fills the topic created for the run; leave it out, or --topic");
        }
        return new Workload(
                records == null ? DEFAULT_RECORDS : records,
                duration,
                warmUp,
                (int) Math.min(Integer.MAX_VALUE, options.recordSize),
                options.keyCount,
                (int) Math.min(Integer.MAX_VALUE, options.batchBytes),
                options.linger,
                options.compression,
                0,
                options.publishers,
                subscribers,
                options.memoryBytes,
                options.seed);
    }

    @Override
    Report run(BenchRun run) throws InterruptedException {
        int receivers = run.topic().checkShared(subscribers);
        boolean filled = run.topic().isCreated();
        Setting setting = setting(run, filled, receivers);
        long[] sent = filled ? fill(run) : null;
        Reading reading = new Reading(run, receivers);
        checkNotEmpty(reading, run.topic().name());
        Supplier<Judge> judges =
                filled ? () -> Judge.ofSent(run.newVerifier(), sent) : reading::judgeOffsets;
        if (!warmUp.isZero()) {
            reading.read(warmUp, "warming up,", new RateMeter(0), run.newClock(), judges);
        }
        RateMeter meter = new RateMeter(0);
        Verification verification =
                reading.read(duration, "received", meter, run.newClock(), judges);
        return Report.of(
                "subscribe",
                setting,
                null,
                meter.throughput(),
                failures(run, reading),
                null,
                null,
                null,
                verification);
    }

    private static Failures failures(BenchRun run, Reading reading) {
        RuntimeException failure = reading.failure();
        return new Failures(
                0, 0, run.stop().isStopped(), failure == null ? null : failure.getMessage());
    }

    /** Gives how many records each publisher has sent. */
    private static long[] fill(BenchRun run) throws InterruptedException {
        RunClock clock = run.newClock();
        Workload load = run.workload().once();
        Publishing publishing = run.publish(load, clock, run.newVerifier(), () -> {});
        Failures failures = publishing.failures();
        if (!failures.none()) {
            throw new CommandException(
                    "the topic could not be filled: "
                            + (failures.first() == null ? "interrupted" : failures.first()));
        }
        return publishing.sent();
    }

    private static void checkNotEmpty(Reading reading, String topic) {
        if (reading.isEmpty()) {
            throw new CommandException(
                    "topic "
                            + topic
                            + " holds no records; 'millrace bench publish --topic "
                            + topic
                            + "' adds some");
        }
    }
}
