package io.millrace.perf.load;

import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.Throughput;
import io.millrace.perf.measure.Verification;
import java.time.Duration;

/**
 * Subscribers that read a backlog from its start to its end, again and again, each time anew. The
 * backlog is published before by the same driver.
 */
final class BacklogLoad implements Load {
    private static final int BACKLOG = 0;

    private final LoadRun run;
    private final Spec spec;
    private final int copies;
    private long[] starts;
    private long[] ends;
    private long[] sent;

    private double seconds;
    private long records;
    private long bytes;
    private Failures failures = Failures.NONE;
    private Verification verification;

    BacklogLoad(LoadRun run) {
        this.run = run;
        this.spec = run.spec();
        this.copies = spec.work().isFanOut() ? spec.subscribers() : 1;
    }

    @Override
    public void prepare() throws InterruptedException {
        run.createTopic();
        starts = run.driver().ends(spec.topic());
        try (Publishers publishers = run.openPublishers()) {
            Publishing publishing =
                    run.publish(
                            new Phase(run, BACKLOG, 1),
                            publishers,
                            run.workload(spec.records(), Duration.ZERO));
            LoadRun.checkNone(publishing.failures(), "the backlog could not be published");
            sent = publishing.sent();
        }
        ends = run.driver().ends(spec.topic());
    }

    @Override
    public void warmUp() throws InterruptedException {
        long until = run.clock().nanos() + spec.warmUp().toNanos();
        while (run.clock().nanos() < until) {
            drain();
            LoadRun.checkNone(failures, "the warm-up went wrong");
        }
        seconds = 0;
        records = 0;
        bytes = 0;
        verification = null;
    }

    @Override
    public void measure() throws InterruptedException {
        long until = run.clock().nanos() + spec.time().toNanos();
        do {
            drain();
        } while (failures.none() && run.clock().nanos() < until);
    }

    @Override
    public Findings judge() {
        Throughput received =
                new Throughput(
                        records, bytes, seconds, records / seconds, bytes / seconds / 1e6, null);
        return new Findings(
                seconds, null, received, failures, null, null, null, verification, null, null);
    }

    @Override
    public void close() {
        // Publishers and subscribers are closed as soon as they are done.
    }

    /** Reads all of it once: from the opening of the subscribers to the last record. */
    private void drain() throws InterruptedException {
        Phase phase = new Phase(run, BACKLOG, copies);
        try (Receiving receiving = run.receive(starts, phase::receipts)) {
            LoadRun.finish(receiving, ends);
            failures = LoadRun.failures(failures, receiving);
        }
        Throughput once = phase.meter().throughput();
        seconds += once.seconds();
        records += once.records();
        bytes += once.bytes();
        Verification found = phase.verification(sent);
        verification = verification == null ? found : verification.plus(found);
    }
}
