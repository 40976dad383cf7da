package io.millrace.perf.load;

import io.millrace.perf.driver.Leadership;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.Verification;
import java.io.IOException;
import java.time.Duration;

/**
 * A backlog, and then an accident: all brokers are killed and started again, or one of them is and
 * has lost its data. How long until all is as it was? Nothing is published meanwhile but, after all
 * have been killed, a record for each partition, by a publisher that was there before.
 */
final class RecoveryLoad implements Load {
    private static final int BACKLOG = 0;

    /** How long a cluster may take to find that a broker is gone. */
    private static final Duration NOTICE = Duration.ofSeconds(120);

    /** So long an operator leaves a dead broker's place empty before it gets another disk. */
    private static final Duration EMPTY = Duration.ofSeconds(10);

    private final LoadRun run;
    private final Spec spec;
    private final Leadership leadership;
    private final Lookout lookout;
    private Publishers publishers;
    private Phase phase;
    private long[] starts;
    private long[] sent;
    private long bytes;
    private Failures failures = Failures.NONE;
    private Recovery recovery;
    private double seconds;

    RecoveryLoad(LoadRun run) {
        this.run = run;
        this.spec = run.spec();
        this.leadership = run.driver().leadership();
        // Nothing is published while it waits.
        this.lookout = new Lookout(run.clock(), what -> {});
    }

    @Override
    public void prepare() throws InterruptedException {
        run.createTopic();
        publishers = run.openPublishers();
        starts = run.driver().ends(spec.topic());
        phase = new Phase(run, BACKLOG, 1);
        Publishing publishing =
                run.publish(phase, publishers, run.workload(spec.records(), Duration.ZERO));
        LoadRun.checkNone(publishing.failures(), "the backlog could not be published");
        sent = publishing.sent();
        bytes = publishing.meter().throughput().bytes();
        lookout.await("all replicas are whole", NOTICE, this::isWhole);
    }

    @Override
    public void warmUp() {
        // Brokers that were started a moment ago are not warm.
    }

    @Override
    public void measure() throws IOException {
        if (spec.work() == Work.RESTART) {
            for (int node = 1; node <= spec.replicas(); node++) {
                run.operator().kill(node);
            }
        } else {
            empty(spec.replicas());
        }
        long begin = run.clock().nanos();
        run.operator().launch();
        Double acknowledged = null;
        if (spec.work() == Work.RESTART) {
            publishToEach();
            acknowledged = since(begin);
        }
        lookout.await("all replicas are whole again", spec.time(), this::isWhole);
        seconds = since(begin);
        recovery = new Recovery(acknowledged, seconds, bytes);
    }

    @Override
    public Findings judge() throws InterruptedException {
        failures = run.readBack(phase, starts, failures);
        Verification verification = phase.verification(sent);
        return new Findings(
                seconds, null, null, failures, null, null, null, verification, null, recovery);
    }

    @Override
    public void close() {
        if (publishers != null) {
            publishers.close();
        }
    }

    /** Kills a node; takes its data when the cluster has long noticed that it is gone. */
    private void empty(int node) throws IOException {
        run.operator().kill(node);
        lookout.await("node " + node + " is missed", NOTICE, () -> !isWhole());
        long until = run.clock().nanos() + EMPTY.toNanos();
        lookout.await("its place is empty", NOTICE, () -> run.clock().nanos() >= until);
        run.operator().wipe(node);
    }

    /** They are numbered on from those of the backlog, and verified with them. */
    private void publishToEach() {
        Placing placing =
                new Placing(publishers.get(0), run.payload(BACKLOG), run.clock(), sent[0]);
        placing.publishToEach(spec.partitions());
        sent[0] = placing.next();
        failures = placing.failures();
        LoadRun.checkNone(failures, "not every partition acknowledged a record");
    }

    private boolean isWhole() {
        return leadership.isWhole(spec.topic());
    }

    private double since(long begin) {
        return (run.clock().nanos() - begin) / 1e9;
    }
}
