package io.millrace.perf.bench;

import io.millrace.cli.CommandContext;
import io.millrace.client.subscribe.Position;
import io.millrace.perf.load.Publishing;
import io.millrace.perf.load.Receiving;
import io.millrace.perf.load.RunClock;
import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.measure.Report;
import io.millrace.perf.measure.Setting;
import io.millrace.perf.measure.Verification;
import io.millrace.perf.workload.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench publish}. */
@Command(
        name = "publish",
        description = {
            "Measure publishing: rate, and latency from record to acknowledgement.",
            "Afterwards all is read back. Exit code 1 if a record was refused, or is lost, doubled,"
                    + " out of order or corrupt.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace bench publish",
            "  millrace bench publish -p 6 --duration 60s --record-size 100 --publishers 2",
            "  millrace bench publish --rate 10000 --linger 1ms --report publish.json",
        })
final class PublishBench extends BenchVerb {
    @Mixin private PaceOptions pace;

    @Option(names = "--no-verify", description = "Do not read back what was published.")
    private boolean noVerify;

    PublishBench(CommandContext context) {
        super(context, "publish");
    }

    @Override
    Workload workload(RecordOptions options) {
        return pace.workload(options, 1);
    }

    @Override
    Report run(BenchRun run) throws InterruptedException {
        Setting setting = setting(run, true, 0);
        long[] starts = run.topic().offsets(Position.latest());
        RunClock clock = run.newClock();
        DeliveryVerifier verifier = run.newVerifier();
        Publishing publishing = run.publish(run.workload(), clock, verifier, () -> {});
        Failures failures = publishing.failures();
        Verification verification = null;
        if (!noVerify) {
            RunClock readClock = run.newClock();
            RateMeter meter = new RateMeter(0);
            try (Receiving receiving = readBack(run, starts, verifier, meter, readClock)) {
                boolean whole =
                        run.receive(
                                "read back",
                                receiving,
                                readClock,
                                Long.MAX_VALUE,
                                meter::records,
                                () -> {});
                verification = whole ? verifier.finish(publishing.sent()) : null;
                failures = BenchRun.failures(failures, receiving);
            }
        }
        return Report.of(
                "publish",
                setting,
                publishing.meter().throughput(),
                null,
                failures,
                publishing.latency().latency(),
                null,
                run.workload().rate() == 0 ? null : publishing.delay().latency(),
                verification);
    }

    private static Receiving readBack(
            BenchRun run,
            long[] starts,
            DeliveryVerifier verifier,
            RateMeter meter,
            RunClock clock) {
        Receiving receiving =
                Receiving.shared(
                        run.driver(),
                        run.topic().name(),
                        1,
                        starts,
                        (partition, offset, key, value, nanos) -> {
                            verifier.accept(partition, offset, key, value);
                            meter.count(nanos, 1, Receiving.bytes(key, value));
                        },
                        clock);
        receiving.finishAt(run.topic().offsets(Position.latest()));
        return receiving;
    }
}
