package io.millrace.perf.load;

import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.LatencyRecorder;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.measure.Verification;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of a load with records of its own: who judges them, and what is measured of those who
 * receive them. Thread-safe.
 */
final class Phase {
    private final int number;
    private final long begin;
    private final Turnstile turnstile;
    private final RateMeter meter;
    private final LatencyRecorder latency = new LatencyRecorder();
    private final List<DeliveryVerifier> verifiers = new ArrayList<>();
    private final List<Receipts> receipts = new ArrayList<>();

    /**
     * Begins now.
     *
     * @param number tells its records from those of other phases
     * @param copies how often each record is to come
     */
    Phase(LoadRun run, int number, int copies) {
        this(run, number, copies, new Turnstile.OneAtATime());
    }

    private Phase(LoadRun run, int number, int copies, Turnstile.OneAtATime one) {
        this(
                run,
                number,
                copies,
                run.spec().work() == Work.ONE_AT_A_TIME ? one : Turnstile.OPEN,
                run.spec().work() == Work.ONE_AT_A_TIME ? one::received : () -> {});
    }

    /**
     * Begins now.
     *
     * @param turnstile lets publishers send, and is told of the answers
     * @param received called after each record that came
     */
    Phase(LoadRun run, int number, int copies, Turnstile turnstile, Runnable received) {
        this.number = number;
        this.begin = run.clock().nanos();
        this.meter = new RateMeter(begin);
        this.turnstile = turnstile;
        for (int i = 0; i < copies; i++) {
            DeliveryVerifier verifier = run.verifier(number);
            verifiers.add(verifier);
            receipts.add(new Receipts(verifier, meter, latency, received));
        }
    }

    int number() {
        return number;
    }

    long begin() {
        return begin;
    }

    Turnstile turnstile() {
        return turnstile;
    }

    /** Counts what comes, all copies. */
    RateMeter meter() {
        return meter;
    }

    /** From the time in the stamps to the receipt, all copies. */
    LatencyRecorder latency() {
        return latency;
    }

    /** One for each copy. */
    List<DeliveryVerifier> verifiers() {
        return List.copyOf(verifiers);
    }

    /** Takes a copy of the records. */
    Receipts receipts(int copy) {
        return receipts.get(copy);
    }

    /**
     * Judges all copies, when no more will come.
     *
     * @param sent how many records each publisher has numbered
     */
    Verification verification(long[] sent) {
        return verifiers.stream()
                .map(verifier -> verifier.finish(sent))
                .reduce(Verification::plus)
                .orElseThrow();
    }
}
