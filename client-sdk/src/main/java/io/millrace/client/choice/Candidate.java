package io.millrace.client.choice;

/**
 * One of several that could do the same, with what this client has observed of it.
 *
 * @param id what tells it from the others and stays the same: a broker's host:port, or a partition
 *     as topic/number
 * @param outstanding requests, streams or batches that it has not ended yet
 * @param responseNanos its smoothed response time in nanoseconds, not below the time that the
 *     oldest unanswered request has waited; halves every 5 s without an answer, so that what was
 *     slow is tried again; 0: unknown
 * @param failures failures since its last success; of brokers 0: those that have failed rest, and
 *     whoever has rested is tried as if nothing had been
 * @param weight its share as the user has set it, 1 (the default) to 100
 */
public record Candidate(String id, int outstanding, long responseNanos, int failures, int weight) {}
