package io.millrace.perf.load;

import io.millrace.perf.driver.DriverPublisher;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.workload.PayloadGenerator;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Publishes records to partitions that the caller names, one by one and numbered, as the first
 * publisher of a run would. For one thread; the answers come on any.
 */
final class Placing implements DriverPublisher.Answer {
    private static final int PUBLISHER = 0;

    private final DriverPublisher out;
    private final PayloadGenerator payload;
    private final RunClock clock;
    private final LongAdder failed = new LongAdder();
    private final AtomicReference<Throwable> firstFailure = new AtomicReference<>();
    private long next;

    /**
     * @param next the number of the first record
     */
    Placing(DriverPublisher out, PayloadGenerator payload, RunClock clock, long next) {
        this.out = out;
        this.payload = payload;
        this.clock = clock;
        this.next = next;
    }

    /** Gives the next record to the client; blocks only while its memory is full. */
    void publish(int partition) {
        long sequence = next++;
        byte[] key = payload.key(PUBLISHER, sequence);
        byte[] value = payload.value(PUBLISHER, sequence, key, clock.nanos());
        try {
            out.publish(partition, key, value, this);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** One record to each of the first partitions; blocks until all have their answer. */
    void publishToEach(int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            publish(partition);
        }
        out.flush();
    }

    /** Blocks until each record has its answer. */
    void flush() {
        out.flush();
    }

    /** How many records are numbered, from 0 on: the number of the next one. */
    long next() {
        return next;
    }

    /** What went wrong so far. */
    Failures failures() {
        Throwable first = firstFailure.get();
        return new Failures(failed.sum(), 0, false, first == null ? null : first.toString());
    }

    @Override
    public void stored(long offset, boolean duplicate) {
        // The verification finds whether it is there.
    }

    @Override
    public void failed(Throwable failure) {
        firstFailure.compareAndSet(null, failure);
        failed.increment();
    }
}
