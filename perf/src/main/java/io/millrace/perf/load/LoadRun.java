package io.millrace.perf.load;

import io.millrace.perf.driver.Driver;
import io.millrace.perf.driver.TopicSpec;
import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.workload.PayloadGenerator;
import io.millrace.perf.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What the phases of one load process share: the specification, the driver and the clock, and how
 * to publish and to receive by them.
 */
final class LoadRun {
    /** How often counters are looked at. */
    static final Duration TICK = Duration.ofMillis(100);

    /** No subscription is asked to have more. */
    private static final int PARTITIONS_A_READER = 1_000;

    private final Spec spec;
    private final Driver driver;
    private final RunClock clock;
    private final Operator operator;
    private final long id;
    private final PayloadGenerator payload;

    /**
     * @param operator of the brokers
     * @param id tells its records from those of other runs; the following ones are its phases'
     */
    LoadRun(Spec spec, Driver driver, RunClock clock, Operator operator, long id) {
        this.spec = spec;
        this.driver = driver;
        this.clock = clock;
        this.operator = operator;
        this.id = id;
        this.payload = PayloadGenerator.random(id, workload(1, Duration.ZERO));
    }

    Spec spec() {
        return spec;
    }

    Driver driver() {
        return driver;
    }

    RunClock clock() {
        return clock;
    }

    Operator operator() {
        return operator;
    }

    /** A workload of the specification, without a warm-up. */
    Workload workload(long records, Duration duration) {
        return new Workload(
                records,
                duration,
                Duration.ZERO,
                spec.recordBytes(),
                0,
                spec.batchBytes(),
                spec.linger(),
                spec.batchCompression(),
                records == 0 ? spec.rate() : 0,
                spec.publishers(),
                1,
                spec.memoryBytes(),
                spec.seed());
    }

    void createTopic() {
        driver.createTopic(
                new TopicSpec(
                        spec.topic(),
                        spec.partitions(),
                        spec.replicas(),
                        spec.durability(),
                        spec.recordBytes()));
    }

    Publishers openPublishers() {
        return Publishers.open(driver, spec.topic(), workload(1, Duration.ZERO));
    }

    /** The values of the records of a phase. */
    PayloadGenerator payload(int phase) {
        return payload.ofRun(id + phase);
    }

    /** Judges the records of a phase. */
    DeliveryVerifier verifier(int phase) {
        return new DeliveryVerifier(id + phase, spec.publishers(), spec.partitions());
    }

    /** Publishes all of a workload and waits for the answers. */
    Publishing publish(Phase phase, Publishers publishers, Workload workload)
            throws InterruptedException {
        Publishing publishing = start(phase, publishers, workload);
        finish(publishing);
        return publishing;
    }

    /** Starts to publish a workload. */
    Publishing start(Phase phase, Publishers publishers, Workload workload) {
        Publishing publishing =
                new Publishing(
                        phase.begin(),
                        publishers,
                        workload,
                        payload(phase.number()),
                        clock,
                        phase.verifiers(),
                        () -> false,
                        phase.turnstile());
        publishing.start();
        return publishing;
    }

    /** Waits until all records have their answers. */
    static void finish(Publishing publishing) throws InterruptedException {
        boolean done;
        do {
            // Not for ever: publishers give every record up in time.
            done = publishing.await(TICK);
        } while (!done);
    }

    /**
     * Starts the subscribers.
     *
     * @param starts the offset of the first record wanted, by partition
     * @param sinks by copy: if each subscriber gets every record, there are as many as subscribers
     */
    Receiving receive(long[] starts, IntFunction<Receiving.Sink> sinks) {
        int count = spec.subscribers();
        return spec.work().isFanOut()
                ? Receiving.each(driver, spec.topic(), count, starts, sinks, clock)
                : Receiving.shared(driver, spec.topic(), count, starts, sinks.apply(0), clock);
    }

    /**
     * Reads from the topic what was published, for the judge of its phase.
     *
     * @param starts the offset of the first record, by partition
     * @param before failures so far
     * @return these or, if there are none, that of the reading
     */
    Failures readBack(Phase phase, long[] starts, Failures before) throws InterruptedException {
        List<DeliveryVerifier> copies = phase.verifiers();
        DeliveryVerifier last = copies.get(copies.size() - 1);
        Receipts receipts = new Receipts(last, new RateMeter(0), null, () -> {});
        int readers = 1 + (starts.length - 1) / PARTITIONS_A_READER;
        try (Receiving reading =
                Receiving.shared(driver, spec.topic(), readers, starts, receipts, clock)) {
            finish(reading, driver.ends(spec.topic()));
            return failures(before, reading);
        }
    }

    /** Waits until everything below these offsets has come. */
    static void finish(Receiving receiving, long[] ends) throws InterruptedException {
        receiving.finishAt(ends);
        boolean done;
        do {
            // Not for ever: it gives up when nothing comes.
            done = receiving.await(TICK);
        } while (!done);
    }

    /** The failures of publishers and, if there are none, of subscribers. */
    static Failures failures(Failures publishing, Receiving receiving) {
        RuntimeException failure = receiving == null ? null : receiving.failure();
        if (failure == null || publishing.first() != null) {
            return publishing;
        }
        return new Failures(publishing.failed(), publishing.retried(), false, failure.toString());
    }

    /** Refuses to go on if something failed before the measurement. */
    static void checkNone(Failures failures, String what) {
        if (!failures.none()) {
            throw new IllegalStateException(
                    "%s; %d records failed; the first failure: %s"
                            .formatted(what, failures.failed(), failures.first()));
        }
    }
}
