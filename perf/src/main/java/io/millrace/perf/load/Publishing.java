package io.millrace.perf.bench;

import io.millrace.client.MillraceClient;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.LatencyRecorder;
import io.millrace.perf.measure.RateMeter;
import io.millrace.perf.workload.PayloadGenerator;
import io.millrace.perf.workload.Schedule;
import io.millrace.perf.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Publishes a workload, each publisher on a thread of its own. Ends early when a record fails or
 * somebody stops the run: what follows would measure something else. Thread-safe.
 */
final class Publishing {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final MillraceClient client;
    private final String topic;
    private final Workload workload;
    private final PayloadGenerator payload;
    private final RunClock clock;
    private final DeliveryVerifier verifier;
    private final StopSignal stop;

    private final long measuredFrom;
    private final RateMeter meter;
    private final LatencyRecorder latency = new LatencyRecorder();
    private final LatencyRecorder delay = new LatencyRecorder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final AtomicReference<Throwable> firstFailure = new AtomicReference<>();
    private final long[] sent;
    private final AtomicInteger sending;
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final CountDownLatch running;
    private final List<Thread> threads = new ArrayList<>();

    Publishing(
            MillraceClient client,
            String topic,
            Workload workload,
            PayloadGenerator payload,
            RunClock clock,
            DeliveryVerifier verifier,
            StopSignal stop) {
        this.client = client;
        this.topic = topic;
        this.workload = workload;
        this.payload = payload;
        this.clock = clock;
        this.verifier = verifier;
        this.stop = stop;
        this.measuredFrom = workload.warmUp().toNanos();
        this.meter = new RateMeter(measuredFrom);
        this.sent = new long[workload.publishers()];
        this.sending = new AtomicInteger(workload.publishers());
        this.running = new CountDownLatch(workload.publishers());
    }

    void start() {
        for (int i = 0; i < workload.publishers(); i++) {
            int publisher = i;
            Thread thread = new Thread(() -> run(publisher), "millrace-bench-publish-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Waits until all records have their answer; false if the time was over before. */
    boolean await(Duration time) throws InterruptedException {
        if (stop.isStopped() && interrupted.compareAndSet(false, true)) {
            threads.forEach(Thread::interrupt);
        }
        boolean done = running.await(time.toNanos(), TimeUnit.NANOSECONDS);
        if (sending.get() == workload.publishers()) {
            meter.sample(clock.nanos());
        }
        return done;
    }

    /** Records acknowledged so far, those of the warm-up too. */
    long acknowledged() {
        return acknowledged.sum();
    }

    /** How many records each publisher has numbered; to be asked when all have their answer. */
    long[] sent() {
        return sent.clone();
    }

    RateMeter meter() {
        return meter;
    }

    LatencyRecorder latency() {
        return latency;
    }

    LatencyRecorder delay() {
        return delay;
    }

    Failures failures() {
        Throwable first = firstFailure.get();
        return new Failures(
                failed.sum(),
                retried.sum(),
                stop.isStopped(),
                first == null
                        ? null
                        : first.getMessage() == null ? "" + first : first.getMessage());
    }

    private void run(int publisher) {
        Publisher out =
                client.newPublisher()
                        .batchBytes(workload.batchBytes())
                        .linger(workload.linger())
                        .compression(workload.compression())
                        .memoryBytes(workload.memoryBytes())
                        .maxBlock(PATIENCE)
                        .deadline(PATIENCE)
                        .open();
        try {
            send(publisher, out);
        } catch (RuntimeException e) {
            firstFailure.compareAndSet(null, e);
        } finally {
            sending.decrementAndGet();
            // The flag of a stopped run would end the wait for the answers at once.
            boolean cut = Thread.interrupted();
            out.close(cut || stop.isStopped() ? FAREWELL : PATIENCE);
            running.countDown();
        }
    }

    private void send(int publisher, Publisher out) {
        Schedule schedule =
                workload.rate() == 0
                        ? null
                        : new Schedule(workload.rate(), publisher, workload.publishers());
        long end = workload.endNanos();
        long left = workload.recordsOf(publisher);
        while (!stop.isStopped() && firstFailure.get() == null) {
            long now = clock.nanos();
            long due = schedule == null ? now : schedule.dueNanos(sent[publisher]);
            if (due >= end || due >= measuredFrom && left == 0) {
                return;
            }
            if (now < due) {
                clock.waitTowards(due);
                continue;
            }
            if (due >= measuredFrom) {
                left--;
                if (schedule != null) {
                    delay.record(now - due);
                }
            }
            send(publisher, out, due);
        }
    }

    private void send(int publisher, Publisher out, long due) {
        long sequence = sent[publisher]++;
        byte[] key = payload.key(publisher, sequence);
        byte[] value = payload.value(publisher, sequence, key, due);
        int bytes = value.length + (key == null ? 0 : key.length);
        out.publish(OutgoingRecord.of(topic, key, value))
                .whenComplete((stored, e) -> answered(publisher, sequence, due, bytes, stored, e));
    }

    private void answered(
            int publisher,
            long sequence,
            long due,
            int bytes,
            PublishedRecord stored,
            Throwable failure) {
        if (failure != null) {
            failed.increment();
            verifier.failed(publisher, sequence);
            if (!stop.isStopped()) {
                firstFailure.compareAndSet(null, failure);
            }
            return;
        }
        long now = clock.nanos();
        acknowledged.increment();
        meter.count(now, 1, bytes);
        if (due >= measuredFrom) {
            latency.record(now - due);
        }
        if (stored.duplicate()) {
            retried.increment();
        }
    }
}
