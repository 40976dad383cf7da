package io.millrace.perf.bench;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CountConverter;
import io.millrace.client.subscribe.Position;
import io.millrace.perf.load.Publishing;
import io.millrace.perf.load.Receiving;
import io.millrace.perf.load.RunClock;
import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.LatencyRecorder;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.measure.Report;
import io.millrace.perf.measure.Setting;
import io.millrace.perf.measure.Verification;
import io.millrace.perf.workload.Stamp;
import io.millrace.perf.workload.Workload;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench end-to-end}. */
@Command(
        name = "end-to-end",
        description = {
            "Measure the whole way: latency from record to acknowledgement and to receipt, while"
                    + " subscribers follow.",
            "Exit code 1 if a record was refused, or is lost, doubled, out of order or corrupt.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace bench end-to-end --rate 10000",
            "  millrace bench end-to-end -p 6 --publishers 2 --subscribers 2 --duration 60s",
        })
final class EndToEndBench extends BenchVerb {
    @Mixin private PaceOptions pace;

    @Option(
            names = "--subscribers",
            paramLabel = "N",
            defaultValue = "1",
            converter = CountConverter.class,
            description =
                    "How many share the partitions; no more than those. Default: ${DEFAULT-VALUE}.")
    private int subscribers;

    EndToEndBench(CommandContext context) {
        super(context, "end-to-end");
    }

    @Override
    Workload workload(RecordOptions options) {
        return pace.workload(options, subscribers);
    }

    @Override
    Report run(BenchRun run) throws InterruptedException {
        int receivers = run.topic().checkShared(subscribers);
        Setting setting = setting(run, true, receivers);
        long[] starts = run.topic().offsets(Position.latest());
        RunClock clock = run.newClock();
        DeliveryVerifier verifier = run.newVerifier();
        long measuredFrom = run.workload().warmUp().toNanos();
        Receipts receipts = new Receipts(verifier, measuredFrom);
        try (Receiving receiving =
                Receiving.shared(
                        run.driver(), run.topic().name(), receivers, starts, receipts, clock)) {
            Publishing publishing =
                    run.publish(
                            run.workload(),
                            clock,
                            verifier,
                            () -> receipts.meter.sample(clock.nanos()));
            receiving.finishAt(run.topic().offsets(Position.latest()));
            boolean whole =
                    run.receive(
                            "received",
                            receiving,
                            clock,
                            Long.MAX_VALUE,
                            receipts.meter::records,
                            () -> {});
            Verification verification = whole ? verifier.finish(publishing.sent()) : null;
            Failures failures = BenchRun.failures(publishing.failures(), receiving);
            return Report.of(
                    "end-to-end",
                    setting,
                    publishing.meter().throughput(),
                    receipts.meter.throughput(),
                    failures,
                    publishing.latency().latency(),
                    receipts.latency.latency(),
                    run.workload().rate() == 0 ? null : publishing.delay().latency(),
                    verification);
        }
    }

    /** Verifies and measures what comes. */
    private static final class Receipts implements Receiving.Sink {
        private final DeliveryVerifier verifier;
        private final long measuredFrom;
        private final RateMeter meter;
        private final LatencyRecorder latency = new LatencyRecorder();

        Receipts(DeliveryVerifier verifier, long measuredFrom) {
            this.verifier = verifier;
            this.measuredFrom = measuredFrom;
            this.meter = new RateMeter(measuredFrom);
        }

        @Override
        public void accept(int partition, long offset, byte[] key, byte[] value, long nanos) {
            Optional<Stamp> stamp = verifier.accept(partition, offset, key, value);
            if (stamp.isPresent()) {
                meter.count(nanos, 1, Receiving.bytes(key, value));
                long sent = stamp.get().sentNanos();
                if (sent >= measuredFrom) {
                    latency.record(nanos - sent);
                }
            }
        }
    }
}
