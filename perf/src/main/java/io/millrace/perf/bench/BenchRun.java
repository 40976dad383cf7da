package io.millrace.perf.bench;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Progress;
import io.millrace.client.MillraceClient;
import io.millrace.perf.driver.MillraceDriver;
import io.millrace.perf.load.Publishers;
import io.millrace.perf.load.Publishing;
import io.millrace.perf.load.Receiving;
import io.millrace.perf.load.RunClock;
import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.workload.PayloadGenerator;
import io.millrace.perf.workload.Workload;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One run.
 *
 * @param context streams, clocks and options
 * @param client of the cluster
 * @param topic the topic
 * @param workload what to do
 * @param id tells its records from those of other runs
 * @param stop tells when it is to end early
 */
record BenchRun(
        CommandContext context,
        MillraceClient client,
        BenchTopic topic,
        Workload workload,
        long id,
        StopSignal stop) {
    private static final int TICKS_ONCE_STOPPED = 100;

    RunClock newClock() {
        return new RunClock(context.nanoTime());
    }

    DeliveryVerifier newVerifier() {
        return new DeliveryVerifier(id, workload.publishers(), topic.partitions());
    }

    MillraceDriver driver() {
        return MillraceDriver.sharing(client);
    }

    /** Publishes a workload to the end; shows how it gets on. */
    Publishing publish(
            Workload load, RunClock clock, DeliveryVerifier verifier, Runnable atEachTick)
            throws InterruptedException {
        PayloadGenerator payload = PayloadGenerator.halfRandom(id, load);
        try (Publishers publishers = Publishers.open(driver(), topic.name(), load)) {
            Publishing publishing =
                    new Publishing(
                            0,
                            publishers,
                            load,
                            payload,
                            clock,
                            List.of(verifier),
                            stop::isStopped);
            publish(publishing, clock, atEachTick);
            return publishing;
        }
    }

    private void publish(Publishing publishing, RunClock clock, Runnable atEachTick)
            throws InterruptedException {
        long warmUp = publishing.meter().fromNanos();
        publishing.start();
        try (Progress progress = context.progress()) {
            LiveLine line = new LiveLine("published", clock.nanos());
            boolean done;
            do {
                done = publishing.await(BenchVerb.TICK);
                atEachTick.run();
                progress.show(
                        () ->
                                line.text(
                                        clock.nanos(),
                                        publishing.acknowledged(),
                                        clock.nanos() < warmUp
                                                ? ", warming up"
                                                : String.format(
                                                        Locale.ROOT,
                                                        ", p99 %.1f ms",
                                                        publishing.latency().percentile(99))));
            } while (!done);
        }
    }

    /**
     * Waits until all has been received; shows how it gets on.
     *
     * @param count how many have been received so far
     * @param until when to give up, by the clock
     * @return false if the time was over, or the run was stopped, before
     */
    boolean receive(
            String verb,
            Receiving receiving,
            RunClock clock,
            long until,
            LongSupplier count,
            Runnable atEachTick)
            throws InterruptedException {
        try (Progress progress = context.progress()) {
            LiveLine line = new LiveLine(verb, clock.nanos());
            int ticksLeft = TICKS_ONCE_STOPPED;
            while (!receiving.await(BenchVerb.TICK)) {
                atEachTick.run();
                progress.show(() -> line.text(clock.nanos(), count.getAsLong(), ""));
                boolean cut = stop.isStopped() && --ticksLeft == 0;
                if (cut || clock.nanos() >= until) {
                    return false;
                }
            }
        }
        return receiving.failure() == null;
    }

    /** What went wrong with publishing or, if nothing, with receiving. */
    static Failures failures(Failures publishing, Receiving receiving) {
        RuntimeException failure = receiving.failure();
        if (failure == null || publishing.first() != null) {
            return publishing;
        }
        return new Failures(
                publishing.failed(),
                publishing.retried(),
                publishing.interrupted(),
                failure.getMessage());
    }
}
