/** Benchmarks. */
package io.millrace.perf;
