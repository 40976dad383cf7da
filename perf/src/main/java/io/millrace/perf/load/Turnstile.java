package io.millrace.perf.load;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets publishers send their next record. Thread-safe. */
interface Turnstile {
    /** Holds nobody up. */
    Turnstile OPEN =
            new Turnstile() {
                @Override
                public void pass() {}

                @Override
                public void answered(boolean stored) {}
            };

    /**
     * Waits until the next record may be sent.
     *
     * @throws IllegalStateException if that takes too long
     */
    void pass() throws InterruptedException;

    /**
     * A record has its answer.
     *
     * @param stored whether subscribers will get it
     */
    void answered(boolean stored);

    /** For one publisher: the next record is sent when the one before is stored and has come. */
    final class OneAtATime implements Turnstile {
        private static final int BOTH = 2;

        private final Semaphore done = new Semaphore(BOTH);

        @Override
        public void pass() throws InterruptedException {
            if (!done.tryAcquire(BOTH, Publishers.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "a record was not stored and received within "
                                + Publishers.PATIENCE.toSeconds()
                                + " s");
            }
        }

        @Override
        public void answered(boolean stored) {
            done.release(stored ? 1 : BOTH);
        }

        /** The record has come. */
        void received() {
            done.release();
        }
    }
}
