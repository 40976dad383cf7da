/** The benchmarks' driver for Kafka. Built by the profile {@code kafka} only, never shipped. */
package io.millrace.perf.kafka;
