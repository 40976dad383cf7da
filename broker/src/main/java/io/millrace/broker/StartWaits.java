package io.millrace.broker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a broker waits for while it starts, with a bound and a word in the log. One thread. */
final class StartWaits {

    static final Duration STEP_TIMEOUT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(StartWaits.class);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

    private final CompletableFuture<String> fatal;
    private final LongSupplier nanoTime;

    /**
     * @param fatal why the broker cannot go on, as soon as that is so
     */
    StartWaits(CompletableFuture<String> fatal, LongSupplier nanoTime) {
        this.fatal = fatal;
        this.nanoTime = nanoTime;
    }

    /** Blocks until something is so, the broker cannot go on, or ten minutes are over. */
    void until(BooleanSupplier condition, Supplier<String> what) {
        long deadline = nanoTime.getAsLong() + START_TIMEOUT.toNanos();
        long sayAt = nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean()) {
            long now = nanoTime.getAsLong();
            if (fatal.isDone()) {
                throw new BrokerException("cannot start: " + fatal.join(), null);
            }
            if (now > deadline) {
                throw new BrokerException(
                        "gave up after "
                                + START_TIMEOUT.toMinutes()
                                + " min of waiting for "
                                + what.get(),
                        null);
            }
            if (now > sayAt) {
                LOG.info("waiting for {}", what.get());
                sayAt = now + TimeUnit.SECONDS.toNanos(5);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            if (Thread.interrupted()) {
                throw new BrokerException("interrupted while waiting for " + what.get(), null);
            }
        }
    }

    /** What a step of the start comes to. Blocks, at most {@link #STEP_TIMEOUT}. */
    static <T> T get(CompletableFuture<T> future, String what) {
        try {
            return future.get(STEP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new BrokerException(what + " failed: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new BrokerException(
                    what + " took longer than " + STEP_TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while " + what, e);
        }
    }
}
