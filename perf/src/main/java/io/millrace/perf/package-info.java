/** Benchmarks, run by {@code millrace bench} against a cluster that is up. */
package io.millrace.perf;
