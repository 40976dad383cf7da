/**
 * What the broker counts and measures, for Prometheus.
 *
 * <p>Every broker has a registry of its own, so that several can live in one process. The names,
 * and what they mean, are in docs/reference/metrics.md, which is generated from here.
 */
package io.millrace.broker.metrics;
