package io.millrace.client.queue;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * How a handler is called, and how its failures are met.
 *
 * @param concurrency how many records are processed at a time
 * @param maxProcessing for how long the lease of a record is renewed
 * @param random shared by threads
 */
record WorkTerms(
        int concurrency,
        Duration maxProcessing,
        Duration firstDelay,
        Duration longestDelay,
        ThreadFactory threads,
        RandomGenerator random) {

    /** When to deliver a record again that has failed so often: doubles, with jitter. */
    Duration delay(int deliveries) {
        long longest = longestDelay.toMillis();
        long step = firstDelay.toMillis();
        for (int i = 1; i < deliveries && step < longest; i++) {
            step *= 2;
        }
        step = Math.min(step, longest);
        return Duration.ofMillis(step / 2 + random.nextLong(step / 2 + 1));
    }
}
