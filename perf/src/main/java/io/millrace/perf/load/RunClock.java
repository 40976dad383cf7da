package io.millrace.perf.load;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Nanoseconds from the start of a run. Thread-safe. */
public final class RunClock {
    private final LongSupplier nanoTime;
    private final long start;

    /** Starts at 0 now. */
    public RunClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** How long the run has been going on. */
    public long nanos() {
        return nanoTime.getAsLong() - start;
    }

    /** Waits until a time has come; returns early, maybe, if it is a long way off. */
    long waitTowards(long due) {
        long now = nanos();
        if (now < due) {
            LockSupport.parkNanos(this, Math.min(due - now, 100_000_000L));
            now = nanos();
        }
        return now;
    }
}
