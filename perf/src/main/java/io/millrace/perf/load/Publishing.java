package io.millrace.perf.load;

import io.millrace.perf.driver.DriverPublisher;
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
import java.util.function.BooleanSupplier;

/**
 * Publishes a workload, each publisher on a thread of its own. Ends early when a record fails or
 * somebody stops the run: what follows would measure something else. Thread-safe.
 */
public final class Publishing {
    private final Publishers publishers;
    private final Workload workload;
    private final PayloadGenerator payload;
    private final RunClock clock;
    private final List<DeliveryVerifier> verifiers;
    private final BooleanSupplier stopped;
    private final Turnstile turnstile;

    private final long begin;
    // By the clock; nothing is sent that is due then or later.
    private volatile long end;
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

    /**
     * Sends nothing before {@link #start}.
     *
     * @param begin when schedule and warm-up begin, by the clock
     * @param publishers as many as the workload has; nobody else uses them meanwhile
     * @param verifiers are told of records that failed
     * @param stopped whether to end early
     */
    public Publishing(
            long begin,
            Publishers publishers,
            Workload workload,
            PayloadGenerator payload,
            RunClock clock,
            List<DeliveryVerifier> verifiers,
            BooleanSupplier stopped) {
        this(begin, publishers, workload, payload, clock, verifiers, stopped, Turnstile.OPEN);
    }

    Publishing(
            long begin,
            Publishers publishers,
            Workload workload,
            PayloadGenerator payload,
            RunClock clock,
            List<DeliveryVerifier> verifiers,
            BooleanSupplier stopped,
            Turnstile turnstile) {
        this.publishers = publishers;
        this.workload = workload;
        this.payload = payload;
        this.clock = clock;
        this.verifiers = verifiers;
        this.stopped = stopped;
        this.turnstile = turnstile;
        this.begin = begin;
        this.end = begin + workload.endNanos();
        this.measuredFrom = begin + workload.warmUp().toNanos();
        this.meter = new RateMeter(measuredFrom);
        this.sent = new long[workload.publishers()];
        this.sending = new AtomicInteger(workload.publishers());
        this.running = new CountDownLatch(workload.publishers());
    }

    /** Starts to send. */
    public void start() {
        for (int i = 0; i < workload.publishers(); i++) {
            int publisher = i;
            Thread thread = new Thread(() -> run(publisher), "millrace-bench-publish-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Sends nothing that is not due yet. */
    void end() {
        end = clock.nanos();
    }

    /** Waits until all records have their answer; false if the time was over before. */
    public boolean await(Duration time) throws InterruptedException {
        if (stopped.getAsBoolean() && interrupted.compareAndSet(false, true)) {
            threads.forEach(Thread::interrupt);
        }
        boolean done = running.await(time.toNanos(), TimeUnit.NANOSECONDS);
        if (sending.get() == workload.publishers()) {
            meter.sample(clock.nanos());
        }
        return done;
    }

    /** Records acknowledged so far, those of the warm-up too. */
    public long acknowledged() {
        return acknowledged.sum();
    }

    /** How many records each publisher has numbered; to be asked when all have their answer. */
    public long[] sent() {
        return sent.clone();
    }

    /** Counts what is acknowledged after the warm-up. */
    public RateMeter meter() {
        return meter;
    }

    /** From when a record was due, or given, to its acknowledgement. */
    public LatencyRecorder latency() {
        return latency;
    }

    /** From when a record was due to when it was given to the publisher; empty without a rate. */
    public LatencyRecorder delay() {
        return delay;
    }

    /** What went wrong so far. */
    public Failures failures() {
        Throwable first = firstFailure.get();
        return new Failures(
                failed.sum(),
                retried.sum(),
                stopped.getAsBoolean(),
                first == null
                        ? null
                        : first.getMessage() == null ? "" + first : first.getMessage());
    }

    private void run(int publisher) {
        DriverPublisher out = publishers.get(publisher);
        try {
            send(publisher, out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            firstFailure.compareAndSet(null, e);
        } finally {
            sending.decrementAndGet();
            finish(publisher, out);
            running.countDown();
        }
    }

    private void finish(int publisher, DriverPublisher out) {
        try {
            if (!stopped.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
                out.flush();
            }
            // The flag of a stopped run would end the wait for the answers at once.
            if (Thread.interrupted() || stopped.getAsBoolean()) {
                publishers.cut(publisher);
            }
        } catch (RuntimeException e) {
            firstFailure.compareAndSet(null, e);
        }
    }

    private void send(int publisher, DriverPublisher out) throws InterruptedException {
        Schedule schedule =
                workload.rate() == 0
                        ? null
                        : new Schedule(workload.rate(), publisher, workload.publishers());
        long left = workload.recordsOf(publisher);
        while (!stopped.getAsBoolean() && firstFailure.get() == null) {
            if (schedule == null) {
                turnstile.pass();
            }
            long now = clock.nanos();
            long due = schedule == null ? now : begin + schedule.dueNanos(sent[publisher]);
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

    private void send(int publisher, DriverPublisher out, long due) {
        long sequence = sent[publisher]++;
        byte[] key = payload.key(publisher, sequence);
        byte[] value = payload.value(publisher, sequence, key, due);
        int bytes = value.length + (key == null ? 0 : key.length);
        Sent record = new Sent(publisher, sequence, due, bytes);
        try {
            out.publish(DriverPublisher.ANY_PARTITION, key, value, record);
        } catch (RuntimeException e) {
            record.failed(e);
        }
    }

    /** A record on its way. */
    private final class Sent implements DriverPublisher.Answer {
        private final int publisher;
        private final long sequence;
        private final long due;
        private final int bytes;

        Sent(int publisher, long sequence, long due, int bytes) {
            this.publisher = publisher;
            this.sequence = sequence;
            this.due = due;
            this.bytes = bytes;
        }

        @Override
        public void stored(long offset, boolean duplicate) {
            long now = clock.nanos();
            acknowledged.increment();
            meter.count(now, 1, bytes);
            if (due >= measuredFrom) {
                latency.record(now - due);
            }
            if (duplicate) {
                retried.increment();
            }
            turnstile.answered(true);
        }

        @Override
        public void failed(Throwable failure) {
            failed.increment();
            verifiers.forEach(verifier -> verifier.failed(publisher, sequence));
            if (!stopped.getAsBoolean()) {
                firstFailure.compareAndSet(null, failure);
            }
            turnstile.answered(false);
        }
    }
}
