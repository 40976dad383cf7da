package io.millrace.perf.load;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Waits for what nobody tells of, by looking again and again. For one thread. */
final class Lookout {
    private static final Duration LOOK = Duration.ofMillis(50);

    private final RunClock clock;
    private final Consumer<String> check;

    /**
     * @param check is given what is waited for before each look, and throws if that is in vain
     */
    Lookout(RunClock clock, Consumer<String> check) {
        this.clock = clock;
        this.check = check;
    }

    /**
     * Blocks until it has come. A look that fails is taken for one that found nothing: whom it
     * asked may be a broker that is down.
     *
     * @param what is waited for, a sentence
     * @throws IllegalStateException if it has not come in time, with why the last look failed; or
     *     if the thread is interrupted, which it stays
     */
    void await(String what, Duration patience, BooleanSupplier come) {
        long until = clock.nanos() + patience.toNanos();
        RuntimeException last = null;
        while (true) {
            check.accept(what);
            try {
                if (come.getAsBoolean()) {
                    return;
                }
                last = null;
            } catch (RuntimeException e) {
                last = e;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted before " + what, last);
            }
            if (clock.nanos() > until) {
                throw new IllegalStateException(
                        "%s: not within %d s".formatted(what, patience.toSeconds()), last);
            }
            LockSupport.parkNanos(this, LOOK.toNanos());
        }
    }
}
