package io.millrace.client.group;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How a handler's failures are met.
 *
 * @param times how often a record is tried again
 */
record Retries(
        int times,
        Duration firstWait,
        Duration longestWait,
        ExhaustedRetries exhausted,
        RandomGenerator random) {}
