package io.millrace.broker.subscription;

import java.time.Duration;

/** Runs something later, once. Thread-safe; does not block. */
@FunctionalInterface
public interface Alarm {

    /**
     * Sets it.
     *
     * @param task short; not run any more once the broker stops
     */
    void after(Duration delay, Runnable task);
}
