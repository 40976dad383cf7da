package io.millrace.perf.measure;

/**
 * How long something took, in milliseconds.
 *
 * @param count how many were measured
 * @param mean the arithmetic mean
 * @param p50 half took no longer
 * @param p95 95 % took no longer
 * @param p99 99 % took no longer
 * @param p999 99.9 % took no longer
 * @param max none took longer
 */
public record Latency(
        long count, double mean, double p50, double p95, double p99, double p999, double max) {}
