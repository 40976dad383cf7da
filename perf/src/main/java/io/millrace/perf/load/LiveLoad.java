package io.millrace.perf.load;

import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.Verification;
import io.millrace.perf.workload.Workload;
import java.io.IOException;
import java.time.Duration;

/**
 * Publishers and, maybe, subscribers that follow. The same ones stay open from the warm-up to the
 * end of the measurement.
 */
final class LiveLoad implements Load {
    private static final int WARM_UP = 0;
    private static final int MEASURED = 1;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final LoadRun run;
    private final Spec spec;
    private final int copies;
    private Publishers publishers;
    private Receiving receiving;
    private long[] starts;
    private long warmUpRecords;
    private double seconds;
    private Failures failures;
    private Publishing publishing;
    private Failovers failovers;
    // Subscribers go on from phase to phase: what comes is for the judges of this one.
    private volatile Phase phase;

    LiveLoad(LoadRun run) {
        this.run = run;
        this.spec = run.spec();
        this.copies = spec.work().isFanOut() ? spec.subscribers() : 1;
    }

    @Override
    public void prepare() {
        run.createTopic();
        publishers = run.openPublishers();
        starts = run.driver().ends(spec.topic());
        if (spec.work().isReceiving()) {
            receiving = run.receive(starts, this::sink);
        }
    }

    @Override
    public void warmUp() throws InterruptedException {
        if (!spec.warmUp().isZero()) {
            publish(WARM_UP, run.workload(0, spec.warmUp()));
            LoadRun.checkNone(failures, "the warm-up went wrong");
            checkReceived();
            warmUpRecords = publishing.meter().throughput().records();
        }
        starts = run.driver().ends(spec.topic());
    }

    @Override
    public long warmUpRecords() {
        return warmUpRecords;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        if (spec.work().isFailover()) {
            publishWhileLeadersChange();
        } else {
            publish(MEASURED, run.workload(0, spec.time()));
        }
        seconds = (run.clock().nanos() - phase.begin()) / 1e9;
    }

    @Override
    public Findings judge() throws InterruptedException {
        if ((receiving == null || failovers != null) && spec.verify()) {
            failures = run.readBack(phase, starts, failures);
        }
        boolean judged = receiving != null || spec.verify();
        return new Findings(
                seconds,
                publishing.meter().throughput(),
                receiving == null ? null : phase.meter().throughput(),
                failures,
                publishing.latency(),
                receiving == null ? null : phase.latency(),
                spec.rate() == 0 ? null : publishing.delay(),
                judged ? phase.verification(publishing.sent()) : null,
                failovers == null ? null : failovers.found(),
                null);
    }

    @Override
    public void close() {
        if (receiving != null) {
            receiving.close();
        }
        if (publishers != null) {
            publishers.close();
        }
    }

    private Receiving.Sink sink(int copy) {
        return (partition, offset, key, value, nanos) ->
                phase.receipts(copy).accept(partition, offset, key, value, nanos);
    }

    /** Publishes, and waits until everything has come to those who follow. */
    private void publish(int number, Workload workload) throws InterruptedException {
        phase = new Phase(run, number, copies);
        publishing = run.publish(phase, publishers, workload);
        awaitEnd();
    }

    /**
     * What subscribers get once may be gone when the next broker leads: it is read again in the
     * end, as a copy of its own.
     */
    private void publishWhileLeadersChange() throws IOException, InterruptedException {
        failovers = new Failovers(run);
        phase =
                new Phase(
                        run,
                        MEASURED,
                        spec.verify() ? 2 : 1,
                        failovers.acknowledged(),
                        failovers::received);
        publishing = run.start(phase, publishers, run.workload(0, LONGEST));
        try {
            failovers.perform(
                    phase.begin(), () -> LoadRun.failures(publishing.failures(), receiving));
        } finally {
            publishing.end();
        }
        LoadRun.finish(publishing);
        awaitEnd();
    }

    private void awaitEnd() throws InterruptedException {
        if (receiving != null) {
            // What has not come by then is found missing by the judges.
            receiving.awaitReached(run.driver().ends(spec.topic()), Publishers.PATIENCE);
        }
        failures = LoadRun.failures(publishing.failures(), receiving);
    }

    private void checkReceived() {
        Verification found = phase.verification(publishing.sent());
        if (receiving != null && !found.good()) {
            throw new IllegalStateException("the warm-up went wrong; " + found.firstProblem());
        }
    }
}
