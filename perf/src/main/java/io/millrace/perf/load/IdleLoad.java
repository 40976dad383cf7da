package io.millrace.perf.load;

import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.Verification;
import io.millrace.perf.workload.Schedule;
import java.time.Duration;

/**
 * Partitions that hold a record each and are left alone. With a rate, so many of them get one more
 * every second, by turns; the others are left alone.
 */
final class IdleLoad implements Load {
    private static final int PHASE = 0;

    private final LoadRun run;
    private final Spec spec;
    private Publishers publishers;
    private Placing placing;
    private Phase phase;
    private long[] starts;
    private double seconds;

    IdleLoad(LoadRun run) {
        this.run = run;
        this.spec = run.spec();
    }

    /** An empty partition costs less than one that was written to, and nobody has empty ones. */
    @Override
    public void prepare() {
        run.createTopic();
        publishers = run.openPublishers();
        starts = run.driver().ends(spec.topic());
        phase = new Phase(run, PHASE, 1);
        placing = new Placing(publishers.get(0), run.payload(PHASE), run.clock(), 0);
        placing.publishToEach(spec.partitions());
        LoadRun.checkNone(placing.failures(), "not every partition took a record");
        if (spec.rate() == 0) {
            // An idle publisher is none of what is measured.
            publishers.close();
        }
    }

    /** Lets what the first records have set off come to its end. */
    @Override
    public void warmUp() {
        pass(spec.warmUp());
    }

    @Override
    public void measure() {
        long begin = run.clock().nanos();
        pass(spec.time());
        seconds = (run.clock().nanos() - begin) / 1e9;
    }

    @Override
    public Findings judge() throws InterruptedException {
        if (spec.rate() > 0) {
            placing.flush();
        }
        Failures failures = run.readBack(phase, starts, placing.failures());
        Verification verification = phase.verification(new long[] {placing.next()});
        return new Findings(
                seconds, null, null, failures, null, null, null, verification, null, null);
    }

    @Override
    public void close() {
        if (publishers != null && spec.rate() > 0) {
            publishers.close();
        }
    }

    private void pass(Duration time) {
        long begin = run.clock().nanos();
        long end = begin + time.toNanos();
        Schedule schedule = spec.rate() == 0 ? null : new Schedule(spec.rate(), 0, 1);
        long turn = 0;
        long due = due(schedule, begin, turn, end);
        for (long now = begin; now < end; now = run.clock().waitTowards(due)) {
            if (now >= due) {
                placing.publish((int) (turn % Math.min(spec.rate(), spec.partitions())));
                due = due(schedule, begin, ++turn, end);
            }
        }
    }

    private static long due(Schedule schedule, long begin, long turn, long end) {
        return schedule == null ? end : Math.min(end, begin + schedule.dueNanos(turn));
    }
}
