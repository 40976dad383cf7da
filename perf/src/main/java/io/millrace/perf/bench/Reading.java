package io.millrace.perf.bench;

import io.millrace.client.subscribe.Position;
import io.millrace.perf.load.Receiving;
import io.millrace.perf.load.RunClock;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.measure.Verification;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;

/** Reads a topic from its start to the end it has now, once or again and again. */
final class Reading {
    private final BenchRun run;
    private final int subscribers;
    private final long[] starts;
    private final long[] ends;
    private RuntimeException failure;

    Reading(BenchRun run, int subscribers) {
        this.run = run;
        this.subscribers = subscribers;
        this.starts = run.topic().offsets(Position.earliest());
        this.ends = run.topic().offsets(Position.latest());
    }

    boolean isEmpty() {
        return Arrays.equals(starts, ends);
    }

    /** Judges by offsets: for a topic of which only the log is known. */
    Judge judgeOffsets() {
        return Judge.ofOffsets(starts, ends);
    }

    /** Why the last reading ended early; null if it did not. */
    RuntimeException failure() {
        return failure;
    }

    /**
     * Reads.
     *
     * @param time how long; zero: once, to the end
     * @param judges gives one for each time that the topic is read
     * @return the sum of what the judges found; null if it was stopped at the first time
     */
    Verification read(
            Duration time, String verb, RateMeter meter, RunClock clock, Supplier<Judge> judges)
            throws InterruptedException {
        long until = time.isZero() ? Long.MAX_VALUE : time.toNanos();
        Verification sum = null;
        do {
            Judge judge = judges.get();
            boolean whole = once(verb, meter, clock, judge, until);
            if (run.stop().isStopped() && !whole) {
                return sum;
            }
            Verification found = whole ? judge.whole() : judge.part();
            sum = sum == null ? found : sum.plus(found);
        } while (!time.isZero() && clock.nanos() < until && failure == null);
        return sum;
    }

    private boolean once(String verb, RateMeter meter, RunClock clock, Judge judge, long until)
            throws InterruptedException {
        Receiving.Sink sink =
                (partition, offset, key, value, nanos) -> {
                    judge.accept(partition, offset, key, value);
                    meter.count(nanos, 1, Receiving.bytes(key, value));
                };
        try (Receiving receiving =
                Receiving.shared(
                        run.driver(), run.topic().name(), subscribers, starts, sink, clock)) {
            receiving.finishAt(ends);
            boolean whole =
                    run.receive(
                            verb,
                            receiving,
                            clock,
                            until,
                            meter::records,
                            () -> meter.sample(clock.nanos()));
            failure = receiving.failure();
            return whole;
        }
    }
}
